import { expect, it } from 'vitest';
import { wireNames } from '../../../src/cloud/wire-names.ts';
import { readServiceEvent, type ServiceEvent } from '../../../src/run/service-event.ts';
import { ServiceEvents } from '../../../src/run/service-events.ts';

const prefix = 'fr-1a2b3c4d-';
const names = wireNames({ prefix, hasOwnThings: true, hasOwnGroups: true });

function read(topic: string, payload: unknown): ServiceEvent | undefined {
  return readServiceEvent(topic, Buffer.from(JSON.stringify(payload)), names);
}

const ofJob = (operation: string, members: object) =>
  read(`$aws/events/job/${prefix}fw/${operation}`, {
    ...{ eventType: 'JOB', jobId: `${prefix}fw`, operation, timestamp: 1_700_000_005 },
    ...members,
  });

const ofExecution = (operation: string, members: object = {}) =>
  read(`$aws/events/jobExecution/${prefix}fw/${operation}`, {
    ...{ eventType: 'JOB_EXECUTION', jobId: `${prefix}fw`, timestamp: 1_700_000_005 },
    ...{ thingArn: `arn:aws:iot:eu-west-1:123456789012:thing/${prefix}pump-1`, ...members },
  });

it('reads events of jobs and executions, in plain names', () => {
  expect(ofJob('canceled', { eventId: 'e1', lastUpdatedAt: 1_700_000_004_321 })).toMatchObject({
    kind: 'job',
    key: 'e1',
    jobId: 'fw',
    operation: 'canceled',
    at: 1_700_000_004_321,
    payload: { jobId: 'fw' },
  });
  expect(ofExecution('timed_out', { eventId: 'e2', status: 'TIMED_OUT' })).toMatchObject({
    kind: 'execution',
    jobId: 'fw',
    operation: 'timed_out',
    thingName: 'pump-1',
    payload: { thingArn: 'arn:aws:iot:eu-west-1:123456789012:thing/pump-1', status: 'TIMED_OUT' },
  });
});

it.each([
  [
    'whole seconds are the second that was over then',
    { timestamp: 1_700_000_005 },
    1_700_000_005_999,
  ],
  ['seconds with a fraction', { timestamp: 1_700_000_005.25 }, 1_700_000_005_250],
  ['milliseconds', { timestamp: 1_700_000_005_250 }, 1_700_000_005_250],
])('%s', (_, members, at) => {
  expect(ofExecution('failed', members)?.at).toBe(at);
});

it('a completed job has completed when it says, not when it was told', () => {
  const told = { completedAt: 1_700_000_003_100, lastUpdatedAt: 1_700_000_004_000 };
  expect(ofJob('completed', told)?.at).toBe(1_700_000_003_100);
});

it.each([
  ['another topic', '$aws/events/thing/pump-1/created', { timestamp: 1 }],
  ['an operation of another day', `$aws/events/job/${prefix}fw/paused`, { timestamp: 1 }],
  ['no time', `$aws/events/job/${prefix}fw/canceled`, { eventId: 'e' }],
  ['no thing', `$aws/events/jobExecution/${prefix}fw/failed`, { timestamp: 1 }],
  ['no object', `$aws/events/job/${prefix}fw/canceled`, 'canceled'],
])('takes %s for no event', (_, topic, payload) => {
  expect(read(topic, payload)).toBeUndefined();
});

it('takes bytes that are not JSON for no event', () => {
  const topic = `$aws/events/job/${prefix}fw/canceled`;
  expect(readServiceEvent(topic, Buffer.from('{"timestamp":'), names)).toBeUndefined();
  expect(readServiceEvent(topic, Buffer.from([0xff, 0xfe]), names)).toBeUndefined();
});

function tell(...events: readonly (ServiceEvent | undefined)[]) {
  const told = new ServiceEvents();
  const news = events.map((event) => event !== undefined && told.add(event));
  return { ...told.read(), news };
}

it('counts what is told twice once, in whatever order it comes', () => {
  const failed = ofExecution('failed', { eventId: 'a' });
  const again = ofExecution('failed', { eventId: 'b', timestamp: 1_700_000_100 });
  const begun = ofJob('cancellation_in_progress', {
    eventId: 'c',
    lastUpdatedAt: 1_700_000_004_000,
  });
  const over = ofJob('canceled', { eventId: 'd', lastUpdatedAt: 1_700_000_009_000 });

  expect(tell(over, failed, failed, again, begun, over)).toEqual({
    received: 4,
    duplicates: 2,
    ended: { FAILED: 2 },
    canceledAt: 1_700_000_004_000,
    completedAt: undefined,
    news: [true, true, false, true, true, false],
  });
  expect(tell(begun, over).canceledAt).toBe(1_700_000_004_000);
});

it('without an id, tells events apart by thing and second', () => {
  const other = { thingArn: `arn:aws:iot:eu-west-1:123456789012:thing/${prefix}pump-2` };
  const told = tell(
    ofExecution('failed'),
    ofExecution('failed'),
    ofExecution('failed', other),
    ofExecution('failed', { timestamp: 1_700_000_100 }),
  );
  expect(told).toMatchObject({ received: 3, duplicates: 1, ended: { FAILED: 3 } });
});

it('what is deleted has ended before, or not at all', () => {
  const told = tell(
    ofExecution('succeeded', { eventId: 'a' }),
    ofExecution('deleted', { eventId: 'b', status: 'SUCCEEDED' }),
  );
  expect(told.ended).toEqual({ SUCCEEDED: 1 });
});
