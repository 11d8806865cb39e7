import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { behaviourNames } from '../../../src/device/behaviours.ts';
import { Profile } from '../../../src/device/profile.ts';
import { addsUpToWhole, Percent, Rate, Size } from '../../../src/device/quantity.ts';

it('every field has a default', () => {
  expect(Profile.parse({})).toEqual({
    outcome: [['succeed', 1]],
    outcomeOverTime: [],
    work: 30_000,
    react: 0,
    reboot: { uniform: [10_000, 60_000] },
    progress: { steps: 0 },
    reason: 'simulated',
    statusDetails: {},
    client: 'describe-next',
    mqtt: 4,
    session: 'clean',
    link: {
      late: 0,
      dropMidJob: 0,
      reconnect: { min: 1000, max: 120_000, factor: 2, jitter: 'full' },
    },
  });
});

it.each(behaviourNames)('%s can be written alone', (outcome) => {
  expect(Profile.parse({ outcome }).outcome).toEqual([[outcome, 1]]);
});

it('a mixture, a step timeout and the MQTT version are read', () => {
  const profile = Profile.parse({
    outcome: { succeed: '90%', fail: '7.5%', hang: '2.5%' },
    stepTimeout: '5m',
    mqtt: 5,
  });

  expect(profile).toMatchObject({
    outcome: [
      ['succeed', 0.9],
      ['fail', 0.075],
      ['hang', 0.025],
    ],
    stepTimeout: 300_000,
    mqtt: 5,
  });
});

it('survives the way to another process', () => {
  const profile = Profile.parse({ outcome: { succeed: '50%', hang: '50%' } });

  expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
});

describe('what is wrong is told', () => {
  it.each([
    [{ outcome: { succeed: '90%', fail: '9%' } }, 'add up to 100 %'],
    [{ outcome: { sucede: '100%' } }, 'Unrecognized key'],
    [{ outcome: 'explode' }, 'expected one of'],
    [{ outcome: { succeed: 1 } }, 'expected string'],
    [{ client: 'start-next', outcome: { ignore: '50%', succeed: '50%' } }, 'ignore needs another'],
    [{ work: 40 }, 'expected string'],
    [{ stepTimeout: '90s' }, 'whole minutes'],
    [{ stepTimeout: '8d' }, 'whole minutes'],
    [{ mqtt: 3 }, '3.1.1'],
    [{ link: { reconnect: { min: '5m' } } }, 'min must not exceed max'],
    [{ link: { reconnect: { min: '1ms' } } }, '100ms or more'],
    [{ link: { offline: { every: '1m' } } }, '"for"'],
    [{ link: { dropMidJob: '101%' } }, 'is not a percentage'],
    [{ progress: { steps: -1 } }, '>=0'],
    [{ statusDetails: { 'a b': 'x' } }, 'Invalid key'],
    [{ statusDetails: { a: '' } }, '>=1'],
    [
      { statusDetails: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`k${i}`, 'x'])) },
      'at most 9',
    ],
    [{ speed: 'fast' }, 'Unrecognized key'],
    [{ correlated: { by: 'site' } }, 'expected number'],
    [{ correlated: { size: 1 } }, '>=2'],
    [{ correlated: { size: 2, correlation: '0%' } }, 'above 0%'],
    [{ correlated: { by: 'a/b', size: 2 } }, 'Invalid string'],
    [{ outcomeOverTime: [{ from: '1m' }] }, 'outcome'],
    [
      {
        outcomeOverTime: [
          { from: '1m', outcome: 'fail' },
          { from: '1m', outcome: 'succeed' },
        ],
      },
      'must ascend',
    ],
    [
      { client: 'start-next', outcomeOverTime: [{ from: '1m', outcome: 'ignore' }] },
      'ignore needs another',
    ],
    [{ download: { size: '8MB' } }, 'rate'],
    [{ download: { size: '8 MiB', rate: '1MB/s' } }, 'is not a size'],
    [{ download: { size: '0MB', rate: '1MB/s' } }, 'is not a size'],
    [{ download: { size: '8MB', rate: '1MB' } }, 'is not a rate'],
    [{ download: { size: '8MB', rate: { uniform: ['2kB/s', '1kB/s'] } } }, 'must not exceed'],
    [{ link: { flapping: { up: 3 } } }, 'expected string'],
  ])('%j', (input, words) => {
    const result = Profile.safeParse(input);

    expect(JSON.stringify(result.error?.issues)).toContain(words);
  });
});

it.each([
  ['0%', 0],
  ['12.5%', 0.125],
  ['100%', 1],
])('%s is a percentage', (text, ratio) => {
  expect(Percent.parse(text)).toBe(ratio);
});

it.each([
  ['1B', 1],
  ['1.5kB', 1500],
  ['8 MB', 8_000_000],
  ['2GB', 2_000_000_000],
])('%s is a size', (text, bytes) => {
  expect(Size.parse(text)).toBe(bytes);
});

it.each([
  ['9B/s', 9],
  ['200kB/s', 200_000],
  ['1.25MB/s', 1_250_000],
])('%s is a rate', (text, bytesPerSecond) => {
  expect(Rate.parse(text)).toBe(bytesPerSecond);
});

it.each(['12', '-1%', '100.1%', '1e1%', 'all', ''])('%j is not a percentage', (text) => {
  expect(Percent.safeParse(text).success).toBe(false);
});

it('shares add up although their fractions are not exact', () => {
  expect(addsUpToWhole([0.1, 0.2, 0.7])).toBe(true);
  expect(addsUpToWhole(Array.from({ length: 10 }, () => 0.1))).toBe(true);
  expect(addsUpToWhole([0.5, 0.499])).toBe(false);
});

it('editors get a schema with a description of every field', () => {
  const schema = z.toJSONSchema(Profile, { io: 'input' });
  const { properties = {} } = schema.$defs?.['Profile'] ?? {};

  expect(Object.keys(properties)).toContain('outcome');
  expect(
    Object.entries(properties).filter(
      ([, property]) => typeof property !== 'object' || property.description === undefined,
    ),
  ).toEqual([]);
});
