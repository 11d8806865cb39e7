import { expect, it } from 'vitest';
import { parseDeviceRequest } from '../../../src/protocol/messages.ts';
import type { DeviceTopic } from '../../../src/protocol/topics.ts';

const update: DeviceTopic = { operation: 'update', thingName: 't', jobId: 'j' };
const startNext: DeviceTopic = { operation: 'start-next', thingName: 't' };

const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const codeOf = (topic: DeviceTopic, payload: unknown) => {
  const { reply } = parseDeviceRequest(topic, bytes(payload));
  return reply.ok ? 'accepted' : reply.rejection.code;
};
const details = (count: number, value = 'v') =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));

it('takes zero bytes for an empty request, except where a member is needed', () => {
  expect(codeOf(startNext, '')).toBe('accepted');
  expect(parseDeviceRequest(update, bytes('')).reply).toMatchObject({
    rejection: {
      code: 'InvalidRequest',
      message: "Value null at 'status' failed to satisfy constraint: Member must not be null",
    },
  });
});

it.each([
  ['text', 'not json'],
  ['a list', []],
  ['a number', 7],
  ['null', 'null'],
])('answers InvalidJson to %s', (_, payload) => {
  expect(codeOf(update, payload)).toBe('InvalidJson');
});

it('answers InvalidJson to bytes that are not UTF-8', () => {
  const { reply } = parseDeviceRequest(update, Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d));

  expect(reply).toMatchObject({ ok: false, rejection: { code: 'InvalidJson' } });
});

it('takes versions and numbers as numeric strings, as AWS’s embedded clients send them', () => {
  const { reply } = parseDeviceRequest(update, bytes({ status: 'FAILED', expectedVersion: '3' }));

  expect(reply).toMatchObject({ ok: true, value: { expectedVersion: 3 } });
});

it.each([
  ['a step timer of 1', { stepTimeoutInMinutes: 1 }, 'accepted'],
  ['a step timer of 10080', { stepTimeoutInMinutes: 10_080 }, 'accepted'],
  ['a cancelled step timer', { stepTimeoutInMinutes: -1 }, 'accepted'],
  ['a step timer of 0', { stepTimeoutInMinutes: 0 }, 'InvalidRequest'],
  ['a step timer of -2', { stepTimeoutInMinutes: -2 }, 'InvalidRequest'],
  ['a step timer of 10081', { stepTimeoutInMinutes: 10_081 }, 'InvalidRequest'],
  ['ten details', { statusDetails: details(10) }, 'accepted'],
  ['eleven details', { statusDetails: details(11) }, 'InvalidRequest'],
  ['a detail of 1024', { statusDetails: details(1, 'x'.repeat(1024)) }, 'accepted'],
  ['a detail of 1025', { statusDetails: details(1, 'x'.repeat(1025)) }, 'InvalidRequest'],
  ['an empty detail', { statusDetails: details(1, '') }, 'InvalidRequest'],
  ['a number as detail', { statusDetails: { pct: 40 } }, 'InvalidRequest'],
  ['a bad key', { statusDetails: { 'a b': 'x' } }, 'InvalidRequest'],
  ['an unknown member', { colour: 'blue' }, 'accepted'],
  ['a token that is no string', { clientToken: 7 }, 'InvalidRequest'],
])('judges a start-next with %s', (_, payload, outcome) => {
  expect(codeOf(startNext, payload)).toBe(outcome);
});

it.each(['get', 'describe'] as const)('%s ignores what only others know', (operation) => {
  const topic: DeviceTopic = { operation, thingName: 't', jobId: 'j' };

  expect(codeOf(topic, { statusDetails: { pct: null } })).toBe('accepted');
  expect(codeOf(topic, { statusDetails: details(11), stepTimeoutInMinutes: 0 })).toBe('accepted');
});

it('takes an explicit null for an absent member, as over HTTP', () => {
  const nulls = {
    clientToken: null,
    statusDetails: null,
    expectedVersion: null,
    executionNumber: null,
    stepTimeoutInMinutes: null,
  };

  expect(parseDeviceRequest(update, bytes({ ...nulls, status: 'FAILED' }))).toEqual({
    reply: { ok: true, value: { status: 'FAILED' } },
  });
  expect(codeOf(update, { status: null })).toBe('InvalidRequest');
});

it('survives what is nested too deep to be shown', () => {
  const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;

  expect(codeOf(startNext, `{"statusDetails":${deep}}`)).toBe('InvalidRequest');
});

it('echoes the token in a refusal, and leaves a foreign status to the engine', () => {
  const refused = parseDeviceRequest(
    startNext,
    bytes({ clientToken: 'c', stepTimeoutInMinutes: 0 }),
  );
  expect(refused).toMatchObject({ clientToken: 'c', reply: { ok: false } });

  expect(codeOf(update, { status: 'CANCELED' })).toBe('accepted');
  expect(codeOf(update, { status: 5 })).toBe('InvalidRequest');
});
