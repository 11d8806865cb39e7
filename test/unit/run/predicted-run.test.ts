import { describe, expect, it } from 'vitest';
import { releaseTimes, summarizeJob } from '../../../src/run/job-summary.ts';
import type { ListedExecution } from '../../../src/run/job-watch.ts';
import { type PredictedRun, predictRun, withPrediction } from '../../../src/run/predicted-run.ts';
import { observedOf } from '../../../src/run/simulated.ts';
import type { VirtualRun } from '../../../src/run/virtual-run.ts';
import { planText, runText } from '../../support/virtual.ts';

/** A job of 40 things at 60 a minute that is cancelled after 20.5 s, while some work and some wait. */
const text = `
name: cut-short
seed: 3
stop: { after: 5m }
fleet: { things: 40, group: all, connect: { perSecond: 1000 }, profile: { work: 2s } }
jobs: [{ create: { jobId: fw, document: {}, jobExecutionsRolloutConfig: { maximumPerMinute: 60 } } }]
timeline: [{ at: 20500ms, cancelJob: { jobId: fw } }]`;

const punctual = { usual: 20, high: 40, worst: 100 };

function predicted(lateness = punctual): PredictedRun {
  const prediction = predictRun(planText(text), lateness);
  if ('skipped' in prediction) throw new Error(prediction.skipped);
  return prediction;
}

/** What a service would list that did exactly what the simulation did. */
function listingOf({ simulation }: VirtualRun): ListedExecution[] {
  return Array.from(simulation.attempts('fw'), (attempt) => ({
    ...attempt,
    updatedAt: attempt.endedAt ?? attempt.startedAt ?? attempt.queuedAt,
  }));
}

function compare(prediction: PredictedRun, listed: readonly ListedExecution[]) {
  const observed = runText(text);
  const [job] = observed.jobs;
  if (job === undefined) throw new Error('no job');
  const summary = summarizeJob(
    observedOf(job, planText(text)),
    releaseTimes(listed),
    observed.zeroAt,
  );
  return withPrediction(summary, job, listed, prediction, observed.zeroAt);
}

describe('a run beside its prediction', () => {
  it('that went as predicted: same curves, same figures, no thing differs', () => {
    const prediction = predicted();
    const job = compare(prediction, listingOf(prediction.own));

    expect(job.rollout.predicted).toEqual(job.rollout.observed);
    expect(job.rollout.deviation).toBe(0);
    expect(job.predicted).toMatchObject({
      status: 'CANCELED',
      notified: 21,
      executions: { SUCCEEDED: job.executions.SUCCEEDED, CANCELED: 0 },
      abort: { tripped: false },
      durationSeconds: 20.5,
      things: { differing: 0 },
    });
    expect(job.predicted?.things?.same).toBeGreaterThan(15);
  });

  it('a thing that ended otherwise, far from any edge, differs and is named', () => {
    const prediction = predicted();
    const listed = listingOf(prediction.own).map((each, index) =>
      index === 4 ? { ...each, status: 'FAILED' } : each,
    );

    expect(compare(prediction, listed).predicted?.things).toMatchObject({
      differing: 1,
      examples: [`${listed[4]?.thingName}: SUCCEEDED predicted, FAILED observed`],
    });
  });

  it('a thing that was never notified differs, unless its release was close to the end', () => {
    const prediction = predicted();
    const listed = listingOf(prediction.own);
    const things = (without: number) =>
      compare(
        prediction,
        listed.filter((_, index) => index !== without),
      ).predicted?.things;

    expect(things(4)).toMatchObject({ differing: 1 });
    expect(things(listed.length - 1)).toMatchObject({ differing: 1 });
    const late = predicted({ ...punctual, worst: 700 });
    expect(
      compare(late, listed.slice(0, -1)).predicted?.things,
      'the last release is half a second before the cancellation',
    ).toMatchObject({ differing: 0 });
  });

  it('the later a run, the more things depend on timing', () => {
    const dependent = (worst: number) => {
      const prediction = predicted({ ...punctual, worst });
      return compare(prediction, listingOf(prediction.own)).predicted?.things?.timingDependent ?? 0;
    };

    expect(dependent(100)).toBeLessThan(dependent(3000));
    expect(dependent(3000)).toBeLessThan(dependent(9000));
    expect(dependent(60_000)).toBe(21);
  });

  it('of those that depend on timing, it counts the ones that ended as predicted', () => {
    const prediction = predicted({ ...punctual, worst: 60_000 });
    const listed = listingOf(prediction.own);
    const things = (some: readonly ListedExecution[]) =>
      compare(prediction, some).predicted?.things;

    expect(things(listed)).toMatchObject({ timingDependent: 21, timingDependentSame: 21 });
    expect(things(listed.slice(1))).toMatchObject({ timingDependent: 21, timingDependentSame: 20 });
  });
});

it('says why there is no prediction', () => {
  const plan = planText(text);
  const [batch] = plan.population.batches;
  if (batch === undefined) throw new Error('no batch');
  const huge = {
    ...plan,
    population: { ...plan.population, batches: [{ ...batch, count: 200_001 }] },
  };

  expect(predictRun(huge, punctual)).toEqual({
    skipped: expect.stringMatching(/^200001 things are more than the 200000 .* fleetrig predict/),
  });
});
