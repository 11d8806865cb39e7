import { describe, expect, it } from 'vitest';
import { getPending } from '../../../src/engine/device-queries.ts';
import type { CreateJobRequest } from '../../../src/protocol/job-config.ts';
import type { SchedulingConfig } from '../../../src/protocol/schedule.ts';
import { EngineRig, groupArn, minute, thingNames } from '../../support/engine-rig.ts';

const noon = Date.UTC(2025, 0, 1, 12);

/** Things t1 to t<count> in group g, at noon. */
function rigAtNoon(count = 3, dialect = {}): EngineRig {
  const rig = new EngineRig(dialect);
  rig.now = noon;
  rig.provision(thingNames(count), 'g');
  return rig;
}

function schedule(
  rig: EngineRig,
  schedulingConfig: SchedulingConfig,
  more: Partial<CreateJobRequest> = {},
): void {
  const targetSelection = schedulingConfig.maintenanceWindows ? 'CONTINUOUS' : 'SNAPSHOT';
  const request = { targets: [groupArn('g')], targetSelection, schedulingConfig, ...more } as const;
  rig.createJob({ jobId: 'j', ...request });
}

const at = (time: string) => `2025-01-01 ${time}`;
/** From a quarter past each hour for ten minutes. */
const hourly = { startTime: '15 * * * ? *', durationInMinutes: 10 };
const slow = { jobExecutionsRolloutConfig: { maximumPerMinute: 1 } };

describe('startTime', () => {
  it('keeps the job SCHEDULED until then, with the targets it had when it was created', () => {
    const rig = rigAtNoon(2);
    schedule(rig, { startTime: at('13:00') });
    rig.provision(['late'], 'g');
    rig.must({ type: 'leave-group', thingName: 't2', groupName: 'g' });

    rig.advance(60 * minute - 1);
    expect(rig.job('j')).toMatchObject({
      status: 'SCHEDULED',
      isConcurrent: false,
      schedulingConfig: { startTime: at('13:00') },
    });
    expect(rig.news()).toEqual([]);
    expect(rig.job('j')).not.toHaveProperty('scheduledJobRollouts');

    rig.advance(1001);
    expect(rig.job('j').status).toBe('IN_PROGRESS');
    expect(rig.status('t1', 'j')).toBe('QUEUED');
    expect(rig.status('t2', 'j')).toBe('QUEUED');
    expect(rig.status('late', 'j')).toBeUndefined();
  });

  it('lets things join and leave a CONTINUOUS job before it starts', () => {
    const rig = rigAtNoon(2);
    schedule(rig, { startTime: at('13:00') }, { targetSelection: 'CONTINUOUS' });
    rig.provision(['late'], 'g');
    rig.must({ type: 'leave-group', thingName: 't2', groupName: 'g' });
    expect(rig.observe('j')).toMatchObject({ targeted: 2, notified: 0 });

    rig.advance(61 * minute);

    expect(rig.observe('j')).toMatchObject({ targeted: 2, notified: 2 });
    expect(rig.status('t2', 'j')).toBeUndefined();
    expect(rig.status('late', 'j')).toBe('QUEUED');
  });

  it('is refused nearer than 30 minutes, as AWS would say it', () => {
    const rig = rigAtNoon();
    const request = {
      jobId: 'j',
      targets: [groupArn('g')],
      document: '{}',
      schedulingConfig: { startTime: at('12:29') },
    };

    expect(rig.send({ type: 'create-job', request })).toMatchObject({
      ok: false,
      rejection: {
        code: 'InvalidRequest',
        message:
          "1 validation error detected: Value '2025-01-01 12:29' at 'schedulingConfig.startTime' failed to satisfy constraint: Member must be at least 30 minutes from now",
      },
    });
  });

  it('a job whose things are all gone by then is complete at once', () => {
    const rig = rigAtNoon(1);
    schedule(rig, { startTime: at('13:00') });
    rig.must({ type: 'delete-thing', thingName: 't1' });
    expect(rig.job('j').status).toBe('SCHEDULED');

    rig.advance(60 * minute);

    expect(rig.job('j').status).toBe('COMPLETED');
  });
});

describe('while it is SCHEDULED a job', () => {
  it('can be updated', () => {
    const rig = rigAtNoon();
    schedule(rig, { startTime: at('13:00') });

    rig.must({ type: 'update-job', jobId: 'j', settings: { description: 'new' } });

    expect(rig.job('j').description).toBe('new');
  });

  it('can be cancelled, and never starts', () => {
    const rig = rigAtNoon();
    schedule(rig, { startTime: at('13:00') });

    rig.must({ type: 'cancel-job', jobId: 'j', force: false });
    rig.advance(120 * minute);

    expect(rig.job('j').status).toBe('CANCELED');
    expect(rig.told).toEqual([]);
  });

  it('can be deleted with force only', () => {
    const rig = rigAtNoon();
    schedule(rig, { startTime: at('13:00') });

    expect(rig.send({ type: 'delete-job', jobId: 'j', force: false })).toMatchObject({
      rejection: { code: 'InvalidStateTransition' },
    });
    rig.must({ type: 'delete-job', jobId: 'j', force: true });
    rig.advance(120 * minute);

    expect(rig.view.jobs.size).toBe(0);
    expect(rig.view.worklists.size).toBe(0);
  });

  it('takes no more targets', () => {
    const rig = rigAtNoon();
    schedule(rig, { maintenanceWindows: [hourly] });

    expect(
      rig.send({ type: 'associate-targets', jobId: 'j', targets: [groupArn('g')] }),
    ).toMatchObject({ rejection: { code: 'InvalidRequest' } });
  });
});

describe('maintenance windows', () => {
  it('open at once when the job is created inside one, for what is left of it', () => {
    const rig = rigAtNoon(1);
    rig.advance(20 * minute);

    schedule(rig, { maintenanceWindows: [hourly] });
    expect(rig.job('j').status).toBe('IN_PROGRESS');
    rig.advance(5 * minute);

    expect(rig.job('j').status).toBe('SCHEDULED');
    expect(rig.job('j').scheduledJobRollouts?.[0]).toEqual({ startTime: at('13:15:00') });
  });

  it('stop the rollout and let it go on with its first token', () => {
    const rig = rigAtNoon(20);
    schedule(rig, { maintenanceWindows: [hourly] }, slow);

    rig.advance(25 * minute);
    expect(rig.observe('j').notified).toBe(10);
    expect(rig.job('j').isConcurrent).toBe(false);
    rig.advance(50 * minute - 1);
    expect(rig.observe('j').notified).toBe(10);
    rig.advance(1);

    expect(rig.observe('j').notified).toBe(11);
    expect(rig.job('j')).toMatchObject({ status: 'IN_PROGRESS', isConcurrent: true });
  });

  it('save up no tokens while they are closed', () => {
    const rig = rigAtNoon(200);
    const minuteLong = { ...hourly, durationInMinutes: 1 };
    const jobExecutionsRolloutConfig = { maximumPerMinute: 120 };
    schedule(rig, { maintenanceWindows: [minuteLong] }, { jobExecutionsRolloutConfig });
    rig.advance(74 * minute);
    const { notified } = rig.observe('j');

    rig.advance(minute);

    expect(rig.observe('j').notified).toBe(notified + 1);
  });

  it('overlap without closing in between', () => {
    const rig = rigAtNoon(1);
    const other = { startTime: '20 * * * ? *', durationInMinutes: 10 };
    schedule(rig, { maintenanceWindows: [hourly, other] });

    rig.advance(26 * minute);
    expect(rig.job('j').status).toBe('IN_PROGRESS');
    expect(rig.news()).toEqual(['t1 notify QUEUED[j]', 't1 next j QUEUED v1']);
    rig.advance(4 * minute);

    expect(rig.job('j').status).toBe('SCHEDULED');
  });

  it('keep the job IN_PROGRESS when the last before its end has closed', () => {
    const rig = rigAtNoon(1);
    schedule(rig, { maintenanceWindows: [hourly], endTime: at('13:15') });

    rig.advance(30 * minute);

    expect(rig.job('j')).toMatchObject({ status: 'IN_PROGRESS', scheduledJobRollouts: [] });
    expect(getPending(rig.view, 't1')).toMatchObject({ value: { queuedJobs: [] } });
  });

  it('judge the abort criteria of devices that end between them', () => {
    const rig = rigAtNoon(2);
    const criterion = { failureType: 'FAILED', action: 'CANCEL' } as const;
    const abortConfig = {
      criteriaList: [{ ...criterion, thresholdPercentage: 50, minNumberOfExecutedThings: 1 }],
    };
    schedule(rig, { maintenanceWindows: [hourly] }, { abortConfig });
    rig.advance(16 * minute);
    rig.startNext('t1');
    rig.advance(10 * minute);

    rig.update('t1', 'j', 'FAILED');

    expect(rig.job('j').status).toBe('CANCELED');
    expect(rig.status('t2', 'j')).toBe('CANCELED');
    expect(
      rig
        .news()
        .filter((line) => line.startsWith('t2'))
        .slice(2),
    ).toEqual(['t2 notify', 't2 next -']);
  });

  it('run timers between them, and the retry at the next opening', () => {
    const rig = rigAtNoon(1);
    const timeoutConfig = { inProgressTimeoutInMinutes: 20 };
    const jobExecutionsRetryConfig = {
      criteriaList: [{ failureType: 'TIMED_OUT', numberOfRetries: 1 }],
    } as const;
    schedule(rig, { maintenanceWindows: [hourly] }, { timeoutConfig, jobExecutionsRetryConfig });
    rig.advance(20 * minute);
    rig.startNext('t1');

    rig.advance(20 * minute);
    expect(rig.execution('t1', 'j')).toMatchObject({ status: 'TIMED_OUT', executionNumber: 1 });
    rig.advance(35 * minute);

    expect(rig.execution('t1', 'j')).toMatchObject({
      status: 'QUEUED',
      executionNumber: 2,
      queuedAt: noon + 75 * minute,
    });
  });

  it('leave no retry to a job that ends before the next', () => {
    const rig = rigAtNoon(1);
    const jobExecutionsRetryConfig = {
      criteriaList: [{ failureType: 'FAILED', numberOfRetries: 1 }],
    } as const;
    schedule(
      rig,
      { maintenanceWindows: [hourly], endTime: at('13:00') },
      { jobExecutionsRetryConfig },
    );
    rig.advance(16 * minute);
    rig.startNext('t1');
    rig.advance(10 * minute);

    rig.update('t1', 'j', 'FAILED');
    rig.advance(60 * minute);

    expect(rig.execution('t1', 'j').executionNumber).toBe(1);
    expect(rig.job('j').status).toBe('COMPLETED');
  });

  it('may be ignored by an update where the dialect says so', () => {
    const rig = rigAtNoon(1, { hiddenUpdate: 'accepted' });
    schedule(rig, { maintenanceWindows: [hourly] });
    rig.advance(30 * minute);
    rig.news();

    expect(rig.update('t1', 'j', 'IN_PROGRESS').ok).toBe(true);
    expect(rig.news()).toEqual(['t1 notify IN_PROGRESS[j]', 't1 next j IN_PROGRESS v2']);
  });

  it('show more than a thousand things in batches, each told once', () => {
    const rig = rigAtNoon(2500);
    schedule(rig, { maintenanceWindows: [{ ...hourly, durationInMinutes: 5 }] });
    rig.advance(20 * minute);
    rig.news();

    rig.advance(56 * minute);

    const told = rig.news().filter((line) => line.endsWith('notify QUEUED[j]'));
    expect(told).toHaveLength(2500);
    expect(new Set(told).size).toBe(2500);
  });
});

it('pending lists show ten, and up to five more of jobs with windows', () => {
  const rig = rigAtNoon(1);
  for (let job = 1; job <= 12; job++) {
    rig.createJob({ jobId: `plain${job}`, targets: [groupArn('g')] });
  }
  for (let job = 1; job <= 7; job++) {
    schedule(rig, { maintenanceWindows: [hourly] }, { jobId: `w${job}` });
  }
  const shown = () => {
    const reply = getPending(rig.view, 't1');
    return reply.ok ? reply.value.queuedJobs.map(({ jobId }) => jobId) : [];
  };
  expect(shown()).toHaveLength(10);

  rig.advance(15 * minute);

  expect(shown().slice(9)).toEqual(['plain10', 'w1', 'w2', 'w3', 'w4', 'w5']);
});

it('endTime drops retries that are due', () => {
  const rig = rigAtNoon(1, { retryDelayMs: 60 * minute });
  const jobExecutionsRetryConfig = {
    criteriaList: [{ failureType: 'FAILED', numberOfRetries: 3 }],
  } as const;
  schedule(rig, { endTime: at('12:30') }, { jobExecutionsRetryConfig });
  rig.update('t1', 'j', 'FAILED');
  expect(rig.job('j').status).toBe('IN_PROGRESS');

  rig.advance(30 * minute);

  expect(rig.job('j').status).toBe('COMPLETED');
});

it('an attempt that fails after endTime is not repeated', () => {
  const rig = rigAtNoon(1);
  const jobExecutionsRetryConfig = {
    criteriaList: [{ failureType: 'FAILED', numberOfRetries: 3 }],
  } as const;
  schedule(rig, { endTime: at('12:30') }, { jobExecutionsRetryConfig });
  rig.advance(31 * minute);

  rig.update('t1', 'j', 'FAILED');

  expect(rig.execution('t1', 'j').executionNumber).toBe(1);
  expect(rig.job('j').status).toBe('COMPLETED');
});

it('a CONTINUOUS job takes in nobody after its end', () => {
  const rig = rigAtNoon(1);
  schedule(rig, { endTime: at('12:30') }, { targetSelection: 'CONTINUOUS' });
  rig.advance(31 * minute);

  rig.provision(['late'], 'g');

  expect(rig.status('late', 'j')).toBeUndefined();
  expect(
    rig.send({ type: 'associate-targets', jobId: 'j', targets: [groupArn('g')] }),
  ).toMatchObject({ rejection: { code: 'InvalidRequest' } });
});
