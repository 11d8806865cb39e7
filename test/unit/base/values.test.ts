import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/base/duration.ts';
import { AppError, messageOf } from '../../../src/base/errors.ts';
import { lineLogger } from '../../../src/base/log.ts';
import { seededPermutation } from '../../../src/base/permutation.ts';
import { seededRandom } from '../../../src/base/random.ts';

it.each([
  ['250ms', 250],
  ['30s', 30_000],
  ['1.5m', 90_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
])('reads the duration %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each(['30', '', 's', '5 s', '-1s', '1y', '1s1'])('refuses %j as a duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

it.each([
  [0.25, '0.25ms'],
  [340, '340ms'],
  [4200, '4.2s'],
  [60_000, '1m'],
  [150_000, '2m30s'],
  [3_900_000, '1h5m'],
  [90_000_000, '1d1h'],
  [-1500, '-1.5s'],
])('shows %d ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it('draws the same numbers for the same key, and others for another', () => {
  const draws = (key: string) => {
    const random = seededRandom(key);
    return Array.from({ length: 5 }, () => random.next());
  };

  expect(draws('a')).toEqual(draws('a'));
  expect(draws('a')).not.toEqual(draws('b'));
});

it('forks by name alone, whatever was drawn before', () => {
  const fresh = seededRandom('seed');
  const used = seededRandom('seed');
  used.next();

  expect(used.fork('thing-1').next()).toBe(fresh.fork('thing-1').next());
  expect(fresh.fork('thing-1').next()).not.toBe(fresh.fork('thing-2').next());
});

it('is in a fork what it is under both names with a slash between them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', maxLength: 8 }), { minLength: 1 }),
      (names) => {
        const [key = '', ...forks] = names;
        const forked = forks.reduce((random, name) => random.fork(name), seededRandom(key));

        expect(forked.next()).toBe(seededRandom(names.join('/')).next());
      },
    ),
  );
});

it('draws evenly and independently between neighbouring names', () => {
  const root = seededRandom('seed');
  const draws = Array.from({ length: 20_000 }, (_, index) => root.fork(`thing/${index}`).next());
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  const lag = draws
    .slice(1)
    .reduce((sum, draw, i) => sum + (draw - 0.5) * ((draws[i] ?? 0) - 0.5), 0);

  expect(mean).toBeCloseTo(0.5, 1);
  expect(Math.abs(lag / draws.length) * 12).toBeLessThan(0.03);
});

it('draws a standard normal', () => {
  const random = seededRandom('normal');
  const draws = Array.from({ length: 20_000 }, () => random.normal());
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;

  expect(mean).toBeCloseTo(0, 1);
  expect(variance).toBeCloseTo(1, 1);
});

it('permutes any range onto itself', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 500 }), (seed, size) => {
      const permute = seededPermutation(seed, size);
      const places = new Set(Array.from({ length: size }, (_, index) => permute(index)));

      expect(places.size).toBe(size);
      expect(Math.max(...places)).toBe(size - 1);
    }),
  );
});

it('tells what was thrown, with its cause', () => {
  const cause = new Error('socket closed');
  const error = new AppError('setup', 'no broker at 127.0.0.1:1', { hint: 'start one', cause });

  expect(error).toMatchObject({ code: 'setup', hint: 'start one', cause });
  expect(messageOf('plain')).toBe('plain');
});

it('logs one line an event, from the given level up', () => {
  const lines: string[] = [];
  const log = lineLogger((line) => lines.push(line), 'warn');

  log.info('unseen');
  log.warn('connection refused', { clientId: 'pump-7', reason: undefined });

  expect(lines).toEqual(['warn connection refused clientId="pump-7"']);
});
