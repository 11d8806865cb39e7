import type { IoTClient, Job } from '@aws-sdk/client-iot';
import { expect, it } from 'vitest';
import type { JobObservation } from '../../../src/emulator/observation.ts';
import { Collector } from '../../../src/run/collector.ts';
import type { EmulatorAdmin } from '../../../src/run/emulator-admin.ts';
import { tellChangeOf } from '../../../src/run/job-look.ts';
import { JobWatch } from '../../../src/run/job-watch.ts';
import { timelineOf } from '../../../src/run/summary-frame.ts';

/** A service that tells of one job what it is set to; undefined is a job it does not know. */
function serviceOf(first: Job | undefined) {
  const told = { job: first, observation: undefined as Partial<JobObservation> | undefined };
  const iot = {
    send: async () => {
      if (told.job !== undefined) return { job: told.job };
      throw Object.assign(new Error('no job'), { name: 'ResourceNotFoundException' });
    },
  } as unknown as IoTClient;
  const admin = { observeJob: async () => told.observation } as unknown as EmulatorAdmin;
  return { told, iot, admin };
}

const running: Job = {
  status: 'IN_PROGRESS',
  createdAt: new Date(750),
  jobProcessDetails: { numberOfSucceededThings: 7, numberOfInProgressThings: 3 },
};

it('keeps of a job that is being deleted what was there before', async () => {
  const { told, iot } = serviceOf(running);
  const watch = new JobWatch('fw', {});
  await watch.look(iot, undefined, 10_000);

  watch.noteDeletion(10_400);
  told.job = {
    ...running,
    status: 'DELETION_IN_PROGRESS',
    jobProcessDetails: { numberOfSucceededThings: 2 },
  };
  await watch.look(iot, undefined, 20_000);

  expect(watch.status).toBe('DELETION_IN_PROGRESS');
  expect(watch.overSince).toBeUndefined();
  told.job = undefined;
  await watch.look(iot, undefined, 30_000);

  expect(watch.status).toBe('DELETED');
  expect(watch.executions).toMatchObject({ SUCCEEDED: 7, IN_PROGRESS: 3 });
  expect(watch.looks.map(({ at }) => at)).toEqual([10_000]);
  expect(watch.endedAt).toBe(10_400);
  expect(await watch.list(iot)).toBeUndefined();
});

it('of a job that somebody else deletes, the end is when that was seen', async () => {
  const { told, iot } = serviceOf(running);
  const watch = new JobWatch('fw', {});
  await watch.look(iot, undefined, 10_000);

  told.job = { ...running, status: 'DELETION_IN_PROGRESS', jobProcessDetails: {} };
  await watch.look(iot, undefined, 20_000);

  expect(watch.executions['SUCCEEDED']).toBe(7);
  expect(watch.endedAt).toBe(20_000);
});

it('a job that was over before it was deleted has ended then', async () => {
  const { told, iot } = serviceOf({
    ...running,
    status: 'CANCELED',
    lastUpdatedAt: new Date(9000),
  });
  const watch = new JobWatch('fw', {});
  await watch.look(iot, undefined, 10_000);

  told.job = undefined;
  await watch.look(iot, undefined, 20_000);

  expect(watch.endedAt).toBe(9000);
});

it('the timeline has what happened when it happened, and says where it was only seen', async () => {
  const { told, iot, admin } = serviceOf(running);
  let now = 4000;
  const collector = new Collector(
    () => now,
    () => undefined,
  );
  const watch = new JobWatch(
    'fw',
    {},
    {
      abortReading: { gate: 'completed', denominator: 'notified' },
    },
  );
  const look = async (at: number) => {
    now = at;
    await watch.look(iot, admin, at);
    tellChangeOf(watch, collector);
    tellChangeOf(watch, collector);
  };

  await look(4000);
  collector.addEvent('things-added', 'added 50 things');
  told.job = { ...running, status: 'CANCELED' };
  const trip = {
    ...{ criterion: 0, failureType: 'ALL' as const, at: 3200 },
    ...{ executed: 2700, failed: 900, notified: 3000, inProgress: 0 },
  };
  told.observation = { trip };
  await look(64_000);
  told.job = undefined;
  await look(70_000);

  expect(timelineOf(collector.events, 0).map(({ t, message }) => `${t} ${message}`)).toEqual([
    '0.75 job fw is IN_PROGRESS',
    '3.2 job fw aborted itself: 900 of 3000 notified ALL',
    '4 added 50 things',
    '70 job fw was seen to be DELETED',
  ]);
});
