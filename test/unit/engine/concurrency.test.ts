import { expect, it } from 'vitest';
import { limits } from '../../../src/protocol/limits.ts';
import { EngineRig, groupArn, minute, thingNames } from '../../support/engine-rig.ts';

const noon = Date.UTC(2025, 0, 1, 12);
const slow = { jobExecutionsRolloutConfig: { maximumPerMinute: 1 } };

/** As many jobs rolling out as the account allows; each has two things and a minute between them. */
function rigAtLimit(beforehand: (rig: EngineRig) => void = () => undefined): EngineRig {
  const rig = new EngineRig({ schedulingMinLeadMinutes: 0 });
  rig.now = noon;
  rig.provision(thingNames(2), 'g');
  rig.provision(['x1', 'x2'], 'h');
  beforehand(rig);
  for (let job = 0; job < limits.concurrentJobsMax; job++) {
    rig.createJob({ jobId: `j${job}`, targets: [groupArn('g')], ...slow });
  }
  return rig;
}

function concurrent(rig: EngineRig): number {
  return [...rig.view.jobs.keys()].filter((jobId) => rig.job(jobId).isConcurrent).length;
}

it('refuses another job at the limit', () => {
  const rig = rigAtLimit();

  expect(concurrent(rig)).toBe(500);
  expect(
    rig.send({
      type: 'create-job',
      request: { jobId: 'more', targets: [groupArn('h')], document: '{}' },
    }),
  ).toMatchObject({ rejection: { code: 'LimitExceeded' } });
});

it('pauses a scheduled job that starts at the limit, until another job is through', () => {
  const schedulingConfig = { startTime: '2025-01-01T12:00:01' };
  const rig = rigAtLimit((early) => {
    early.createJob({ jobId: 'first', targets: [groupArn('h')], schedulingConfig });
    early.createJob({ jobId: 'second', targets: [groupArn('h')], schedulingConfig, ...slow });
  });
  rig.advance(1000);
  expect(rig.job('first')).toMatchObject({ status: 'IN_PROGRESS', isConcurrent: false });
  expect(rig.observe('first').notified).toBe(0);

  rig.must({ type: 'cancel-job', jobId: 'j7', force: false });
  rig.advance(0);
  expect(rig.observe('first').notified).toBe(1);
  expect(rig.observe('second').notified).toBe(0);
  expect(concurrent(rig)).toBe(500);

  rig.advance(1000);
  expect(rig.observe('first')).toMatchObject({ notified: 2 });
  expect(rig.observe('second').notified).toBe(1);
  expect(concurrent(rig)).toBe(500);

  // The others are through by then; nobody waits.
  rig.advance(2 * minute);
  expect(concurrent(rig)).toBe(0);
  expect(rig.observe('second').notified).toBe(2);
});

it('pauses targets that are added to a job at the limit', () => {
  const rig = rigAtLimit((early) => {
    early.createJob({ jobId: 'open', targets: [groupArn('h')], targetSelection: 'CONTINUOUS' });
    early.advance(1000);
  });
  rig.must({ type: 'associate-targets', jobId: 'open', targets: [groupArn('g')] });
  rig.advance(0);
  const { notified } = rig.observe('open');

  rig.must({ type: 'delete-job', jobId: 'j1', force: true });
  rig.advance(2000);

  expect(rig.observe('open').notified).toBe(4);
  expect(notified).toBeLessThan(4);
});

it('forgets a job that is cancelled while it waits for its turn', () => {
  const schedulingConfig = { startTime: '2025-01-01T12:00:01' };
  const rig = rigAtLimit((early) =>
    early.createJob({ jobId: 'first', targets: [groupArn('h')], schedulingConfig }),
  );
  rig.advance(1000);
  rig.must({ type: 'cancel-job', jobId: 'first', force: false });

  rig.advance(3 * minute);

  expect(rig.observe('first').notified).toBe(0);
  expect(concurrent(rig)).toBe(0);
});

it('cancels a job with maintenance windows that is to start at the limit', () => {
  const maintenanceWindows = [{ startTime: '2 12 * * ? *', durationInMinutes: 5 }];
  const windowed = { targetSelection: 'CONTINUOUS', targets: [groupArn('h')] } as const;
  const rig = rigAtLimit((early) => {
    early.createJob({
      jobId: 'at-start',
      ...windowed,
      schedulingConfig: { startTime: '2025-01-01T12:00:30', maintenanceWindows },
    });
    early.createJob({ jobId: 'at-opening', ...windowed, schedulingConfig: { maintenanceWindows } });
  });

  rig.advance(30_000);
  expect(rig.job('at-start')).toMatchObject({
    status: 'CANCELED',
    comment: 'The limit of 500 concurrent jobs was reached at the start.',
  });
  expect(rig.job('at-opening').status).toBe('SCHEDULED');

  // By its window the others are through.
  rig.advance(91_000);
  expect(rig.job('at-opening').status).toBe('IN_PROGRESS');
});
