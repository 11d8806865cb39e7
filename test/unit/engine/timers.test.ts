import { describe, expect, it } from 'vitest';
import { describeJobExecution } from '../../../src/engine/execution-queries.ts';
import { EngineRig, minute, thingNames } from '../../support/engine-rig.ts';

function started(inProgressTimeoutInMinutes?: number, dialect = {}): EngineRig {
  const rig = new EngineRig(dialect);
  rig.provision(['t1']);
  rig.createJob({
    jobId: 'j',
    ...(inProgressTimeoutInMinutes === undefined
      ? {}
      : { timeoutConfig: { inProgressTimeoutInMinutes } }),
  });
  rig.startNext('t1');
  return rig;
}

const step = (rig: EngineRig, stepTimeoutInMinutes: number) =>
  rig.update('t1', 'j', { status: 'IN_PROGRESS', stepTimeoutInMinutes });

function secondsLeft(rig: EngineRig): number | undefined {
  const reply = describeJobExecution(rig.view, 't1', 'j', undefined, rig.now);
  return reply.ok ? reply.value.execution.approximateSecondsBeforeTimedOut : undefined;
}

/** Minutes from the start until the execution times out; undefined if it does not within two hours. */
function timesOutAfter(rig: EngineRig): number | undefined {
  rig.advance(120 * minute);
  const { status, lastUpdatedAt, startedAt = 0 } = rig.execution('t1', 'j');
  return status === 'TIMED_OUT' ? (lastUpdatedAt - startedAt) / minute : undefined;
}

it('plays the guide’s example from 12:00 to 12:20', () => {
  const rig = started(20);
  expect(secondsLeft(rig)).toBe(20 * 60);

  rig.advance(5 * minute);
  step(rig, 7);
  expect(secondsLeft(rig)).toBe(7 * 60);
  rig.advance(5 * minute);
  step(rig, 5);
  expect(secondsLeft(rig)).toBe(5 * 60);
  rig.advance(3 * minute);
  step(rig, 9);
  expect(secondsLeft(rig)).toBe(7 * 60);

  expect(timesOutAfter(rig)).toBe(20);
});

describe('the timers', () => {
  it.each([
    ['no timer', undefined, () => undefined, undefined],
    ['the in-progress timer alone', 10, () => undefined, 10],
    ['a step timer alone', undefined, (rig: EngineRig) => step(rig, 3), 3],
    [
      'a step that was taken back',
      undefined,
      (rig: EngineRig) => [step(rig, 3), step(rig, -1)],
      undefined,
    ],
    [
      'a step taken back under an in-progress timer',
      10,
      (rig: EngineRig) => [step(rig, 3), step(rig, -1)],
      10,
    ],
    ['a step replaced by a longer one', 10, (rig: EngineRig) => [step(rig, 3), step(rig, 5)], 5],
    ['a step longer than the in-progress timer', 10, (rig: EngineRig) => step(rig, 30), 10],
    [
      'an update without a step',
      10,
      (rig: EngineRig) => {
        step(rig, 4);
        rig.advance(2 * minute);
        rig.update('t1', 'j', 'IN_PROGRESS');
      },
      4,
    ],
    [
      'an update of the job, which counts for later starts only',
      10,
      (rig: EngineRig) =>
        rig.must({
          type: 'update-job',
          jobId: 'j',
          settings: { timeoutConfig: { inProgressTimeoutInMinutes: 2 } },
        }),
      10,
    ],
  ])('%s', (_name, minutes, change, expected) => {
    const rig = started(minutes);

    change(rig);

    expect(timesOutAfter(rig)).toBe(expected);
  });

  it('do not run while an execution is queued', () => {
    const rig = new EngineRig();
    rig.provision(['t1']);
    rig.createJob({ jobId: 'j', timeoutConfig: { inProgressTimeoutInMinutes: 1 } });

    rig.advance(60 * minute);

    expect(rig.status('t1', 'j')).toBe('QUEUED');
    expect(secondsLeft(rig)).toBeUndefined();
  });

  it('can be set by start-next and are gone with the end', () => {
    const rig = new EngineRig();
    rig.provision(['t1']);
    rig.createJob({ jobId: 'j' });
    rig.send({ type: 'start-next', thingName: 't1', request: { stepTimeoutInMinutes: 2 } });
    expect(secondsLeft(rig)).toBe(120);

    rig.update('t1', 'j', 'SUCCEEDED');
    rig.advance(60 * minute);

    expect(rig.status('t1', 'j')).toBe('SUCCEEDED');
    expect(secondsLeft(rig)).toBeUndefined();
  });

  it('tell whole seconds, rounded up', () => {
    const rig = started(1);

    rig.advance(500);

    expect(secondsLeft(rig)).toBe(60);
  });

  it('fire exactly on time unless the dialect has a late sweeper, which may let an update through', () => {
    const rig = new EngineRig({ timeoutLatenessMs: 60_000 });
    const names = thingNames(20);
    rig.provision(names, 'g');
    for (const name of names) {
      rig.createJob({
        jobId: name,
        targets: [`arn:aws:iot:us-east-1:123456789012:thing/${name}`],
        timeoutConfig: { inProgressTimeoutInMinutes: 1 },
      });
      rig.startNext(name);
    }
    const startedAt = rig.now;
    rig.advance(minute);
    expect(rig.update('t01', 't01', 'IN_PROGRESS').ok).toBe(true);

    rig.advance(minute);

    const lateness = names.map(
      (name) => rig.execution(name, name).lastUpdatedAt - startedAt - minute,
    );
    expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...lateness)).toBeLessThanOrEqual(minute);
    expect(new Set(lateness).size).toBe(20);
    expect(names.every((name) => rig.status(name, name) === 'TIMED_OUT')).toBe(true);
  });
});
