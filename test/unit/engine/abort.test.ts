import { describe, expect, it } from 'vitest';
import type { AbortCriterion } from '../../../src/protocol/job-config.ts';
import { EngineRig, groupArn, thingNames } from '../../support/engine-rig.ts';

const criterion = (
  failureType: AbortCriterion['failureType'],
  thresholdPercentage: number,
  minNumberOfExecutedThings = 1,
): AbortCriterion => ({
  failureType,
  action: 'CANCEL',
  thresholdPercentage,
  minNumberOfExecutedThings,
});

/** A job all of whose things are notified, and its names. */
function released(
  things: number,
  criteriaList: readonly AbortCriterion[],
  dialect = {},
  extra = {},
): [EngineRig, string[]] {
  const rig = new EngineRig({ rateSpread: 'burst', ...dialect });
  const names = thingNames(things);
  rig.provision(names, 'g');
  rig.createJob({ jobId: 'j', targets: [groupArn('g')], abortConfig: { criteriaList }, ...extra });
  rig.told.length = 0;
  return [rig, names];
}

function report(rig: EngineRig, names: string[], status: string, count: number): void {
  for (const name of names.splice(0, count)) rig.update(name, 'j', status);
}

describe('a criterion', () => {
  it.each([
    ['19.99 %', 20, 1999, 8001, 'IN_PROGRESS'],
    ['20 %', 20, 2000, 8000, 'CANCELED'],
    ['33.3 % of three', 33.34, 1, 2, 'IN_PROGRESS'],
    ['33.3 % of three', 33.33, 1, 2, 'CANCELED'],
    ['100 %', 100, 3, 0, 'CANCELED'],
    ['0.07 % of 10,000, where floats err', 0.07, 7, 9993, 'CANCELED'],
  ])('at %s against %d %%: %i failed, %i succeeded', (_, threshold, failed, succeeded, status) => {
    const total = failed + succeeded;
    const rig = new EngineRig();
    const names = thingNames(total);
    rig.provision(names, 'g');
    rig.createJob({
      jobId: 'j',
      targets: [groupArn('g')],
      abortConfig: { criteriaList: [criterion('FAILED', threshold, total)] },
    });
    rig.advance(60 * 60_000);

    report(rig, names, 'SUCCEEDED', succeeded);
    report(rig, names, 'FAILED', failed - 1);
    expect(rig.job('j').status).toBe('IN_PROGRESS');
    report(rig, names, 'FAILED', 1);

    expect(rig.job('j').status).toBe(status === 'IN_PROGRESS' ? 'COMPLETED' : status);
  });

  it('does not trip before its minimum has executed', () => {
    const [rig, names] = released(20, [criterion('FAILED', 50, 10)]);

    report(rig, names, 'FAILED', 9);
    expect(rig.job('j').status).toBe('IN_PROGRESS');
    report(rig, names, 'SUCCEEDED', 1);

    expect(rig.job('j').status).toBe('CANCELED');
  });

  it.each([
    ['FAILED', 'REJECTED', 'IN_PROGRESS'],
    ['REJECTED', 'REJECTED', 'CANCELED'],
    ['ALL', 'REJECTED', 'CANCELED'],
    ['ALL', 'FAILED', 'CANCELED'],
    ['TIMED_OUT', 'FAILED', 'IN_PROGRESS'],
  ] as const)('on %s with a device that reports %s: %s', (failureType, report, status) => {
    const [rig, names] = released(2, [criterion(failureType, 50)]);

    rig.update(names[0] ?? '', 'j', report);

    expect(rig.job('j').status).toBe(status);
  });

  it('counts neither cancelled nor removed executions', () => {
    const [rig, names] = released(4, [criterion('ALL', 50, 2)]);

    rig.must({ type: 'cancel-execution', thingName: names[0] ?? '', jobId: 'j', force: false });
    rig.must({ type: 'delete-thing', thingName: names[1] ?? '' });
    rig.update(names[2] ?? '', 'j', 'FAILED');

    expect(rig.job('j').status).toBe('IN_PROGRESS');
  });

  it('counts a timeout', () => {
    const [rig, names] = released(
      2,
      [criterion('TIMED_OUT', 100)],
      {},
      {
        timeoutConfig: { inProgressTimeoutInMinutes: 1 },
      },
    );
    rig.startNext(names[0] ?? '');

    rig.advance(60_000);

    expect(rig.observe('j').trip).toMatchObject({ failureType: 'TIMED_OUT', at: rig.now });
  });

  it('is not judged by the deletion of executions', () => {
    const [rig, names] = released(4, [criterion('FAILED', 50, 1)]);
    rig.update(names[0] ?? '', 'j', 'SUCCEEDED');
    rig.update(names[1] ?? '', 'j', 'SUCCEEDED');
    rig.update(names[2] ?? '', 'j', 'FAILED');

    rig.must({
      type: 'delete-execution',
      thingName: names[0] ?? '',
      jobId: 'j',
      executionNumber: 1,
      force: false,
    });

    expect(rig.job('j').status).toBe('IN_PROGRESS');
  });
});

describe('the dialects of the rule', () => {
  it.each([
    ['abortComparison', 'at-or-above', 1],
    ['abortComparison', 'above', 2],
    ['abortGate', 'completed', 1],
    ['abortDenominator', 'notified', 5],
  ])('%s %s trips at failure %i of ten', (member, value, failures) => {
    // The first success makes the first failure exactly 50 %.
    const [rig, names] = released(10, [criterion('FAILED', 50, 2)], { [member]: value });
    report(rig, names, 'SUCCEEDED', 1);

    let reported = 0;
    while (rig.job('j').status === 'IN_PROGRESS' && names.length > 0) {
      report(rig, names, 'FAILED', 1);
      reported += 1;
    }

    expect(reported).toBe(failures);
  });

  it('a gate of notified things is open before any has completed', () => {
    const [rig, names] = released(10, [criterion('FAILED', 50, 10)], { abortGate: 'notified' });

    report(rig, names, 'FAILED', 1);

    expect(rig.job('j').status).toBe('CANCELED');
  });
});

describe('an abort', () => {
  it('takes the first criterion that is met, in the order of the list', () => {
    const [rig, names] = released(10, [
      criterion('REJECTED', 10),
      criterion('ALL', 10),
      criterion('FAILED', 1),
    ]);

    report(rig, names, 'FAILED', 1);

    expect(rig.observe('j').trip).toEqual({
      criterion: 1,
      failureType: 'ALL',
      at: rig.now,
      executed: 1,
      failed: 1,
      notified: 10,
      inProgress: 0,
    });
  });

  it('cancels what is queued, leaves what is in progress, and says why', () => {
    const [rig, names] = released(4, [criterion('FAILED', 20)]);
    const [bad = '', busy = '', idle = ''] = names;
    rig.startNext(busy);
    rig.must({ type: 'configure-events', enabled: { JOB: true, JOB_EXECUTION: true } });

    rig.update(bad, 'j', 'FAILED');

    expect(rig.job('j')).toMatchObject({
      status: 'CANCELED',
      reasonCode: 'ABORT_CRITERIA_MET',
      comment: 'Job aborted: FAILED threshold of 20% reached after 1 executions.',
    });
    expect(rig.job('j')).not.toHaveProperty('forceCanceled');
    expect([rig.status(busy, 'j'), rig.status(idle, 'j')]).toEqual(['IN_PROGRESS', 'CANCELED']);
    expect(rig.news().filter((line) => /^(job|execution)/.test(line))).toEqual([
      'execution j t1 failed FAILED',
      'job j cancellation_in_progress',
      'execution j t3 canceled CANCELED',
      'execution j t4 canceled CANCELED',
      'job j canceled',
    ]);
    expect(rig.update(busy, 'j', 'SUCCEEDED').ok).toBe(true);
    expect(rig.job('j').status).toBe('CANCELED');
  });

  it('stops the rollout and drops the retry of the execution that tripped it', () => {
    const rig = new EngineRig();
    rig.provision(thingNames(5), 'g');
    rig.createJob({
      jobId: 'j',
      targets: [groupArn('g')],
      jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 3 }] },
      abortConfig: { criteriaList: [criterion('FAILED', 50)] },
    });

    rig.update('t1', 'j', 'FAILED');
    rig.advance(60 * 60_000);

    expect(rig.observe('j')).toMatchObject({
      targeted: 5,
      notified: 1,
      executions: { QUEUED: 0, FAILED: 1 },
    });
  });

  it('comes before completion when one update causes both', () => {
    const [rig, names] = released(1, [criterion('FAILED', 100)]);

    report(rig, names, 'FAILED', 1);

    expect(rig.job('j').status).toBe('CANCELED');
  });

  it('goes by the criteria that UpdateJob put in place, from the next execution on', () => {
    const [rig, names] = released(3, [criterion('FAILED', 100, 10)]);
    report(rig, names, 'FAILED', 1);

    rig.must({
      type: 'update-job',
      jobId: 'j',
      settings: { abortConfig: { criteriaList: [criterion('FAILED', 100)] } },
    });
    rig.must({ type: 'cancel-execution', thingName: names.pop() ?? '', jobId: 'j', force: false });
    expect(rig.job('j').status).toBe('IN_PROGRESS');
    report(rig, names, 'FAILED', 1);

    expect(rig.job('j').status).toBe('CANCELED');
  });
});
