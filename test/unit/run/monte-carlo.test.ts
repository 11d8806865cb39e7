import { describe, expect, it } from 'vitest';
import { estimateUncertainty, runAllSeeds } from '../../../src/run/monte-carlo.ts';
import { runSweep } from '../../../src/run/sweep.ts';
import { planSweep } from '../../../src/run/sweep-grid.ts';
import type { Plan } from '../../../src/scenario/plan.ts';
import { planScenario } from '../../../src/scenario/plan-scenario.ts';
import { parseSweepAxes } from '../../../src/scenario/sweep-axis.ts';
import { loadText } from '../../support/scenarios.ts';
import { planText } from '../../support/virtual.ts';

/** Worker threads start through tsx here. */
const patient = 30_000;

const scenario = (profile: string, more = '') => `
name: small
stop: { after: 10m }
fleet: { things: 40, group: all, cohorts: [
  { name: good, share: 50%, profile: { work: 5s } }, { name: other, share: 50%, profile: ${profile} } ] }
jobs:
  - create:
      jobId: fw
      document: {}
      jobExecutionsRolloutConfig: { maximumPerMinute: 60 }
      abortConfig: { criteriaList: [
        { failureType: FAILED, action: CANCEL, thresholdPercentage: 60, minNumberOfExecutedThings: 4 } ] }
${more}`;

const failing = scenario('{ outcome: fail, work: 5s }');

const sweepOf = (text: string, seeds: number, ...axes: readonly string[]) =>
  planSweep(parseSweepAxes(axes), seeds, (overrides) =>
    planScenario(loadText(text, { overrides })),
  );

describe('runs of many seeds', () => {
  it('are the same on one thread and on three, each with a seed of its own', {
    timeout: patient,
  }, async () => {
    const plans = [planText(failing), planText(scenario('{ outcome: hang }'))];

    const one = await runAllSeeds(plans, 19, 1);
    const three = await runAllSeeds(plans, 19, 3);

    expect(three).toEqual(one);
    expect(one.map((runs) => runs.length)).toEqual([19, 19]);
    expect(new Set(one[0]?.map((run) => JSON.stringify(run))).size).toBeGreaterThan(5);
  });

  it('another seed of the scenario draws others', { timeout: patient }, async () => {
    const first = await runAllSeeds([planText(failing)], 5, 1);
    const second = await runAllSeeds([planText(`${failing}\nseed: 2`)], 5, 1);

    expect(second).not.toEqual(first);
  });

  it('a job that the service refuses is an error with its place', {
    timeout: patient,
  }, async () => {
    const foreign = `
name: foreign
target: { endpoint: { http: http://127.0.0.1:4566, mqtt: { host: 127.0.0.1 } } }
fleet: { things: 5 }
jobs:
  - create: { jobId: fw, document: {}, targets: ["arn:aws:iot:eu-west-1:999999999999:thinggroup/others"] }`;

    await expect(runAllSeeds([planText(foreign)], 2, 1)).rejects.toMatchObject({
      name: 'AppError',
      message: expect.stringMatching(/scenario\.yaml:6:\d+ {2}the service refused the job/),
    });
  });
});

describe('uncertainty', () => {
  it.each([
    ['what always fails always aborts', '{ outcome: fail, work: 1s }', 20, ['aborts', 20]],
    ['what never fails always completes', '{ work: 5s }', 20, ['completes', 20]],
    ['what hangs is not over when all stops', '{ outcome: hang }', 6, ['neither', 6]],
  ] as const)('%s', { timeout: patient }, async (_, profile, seeds, [end, runs]) => {
    const plan = planText(
      scenario(profile).replace('share: 50%', 'share: 0%').replace('share: 50%', 'share: 100%'),
    );

    const { jobs } = await estimateUncertainty(plan, seeds, 2);

    expect(jobs).toHaveLength(1);
    const [job] = jobs;
    expect(job?.[end]).toMatchObject({ runs, of: seeds, probability: 1 });
    expect(job?.tripSeconds?.runs).toBe(end === 'aborts' ? seeds : undefined);
    expect(job?.falseAborts).toBeUndefined();
  });

  it('at the minimum of executions a job of nothing but failures trips, and so many are harmed', {
    timeout: patient,
  }, async () => {
    const all = failing
      .replaceAll('work: 5s', 'outcome: fail, work: 1s')
      .replace('outcome: fail, outcome', 'outcome');

    const { jobs } = await estimateUncertainty(planText(all), 8, 2);

    expect(jobs[0]?.tripExecuted).toMatchObject({ runs: 8, median: 4, low: 4, high: 4 });
    expect(jobs[0]?.harmedThings.p2_5).toBeGreaterThanOrEqual(4);
    expect(jobs[0]?.tripSeconds).toEqual(jobs[0]?.durationSeconds);
  });

  it('tells false aborts by a fleet of nothing but healthy things', {
    timeout: patient,
  }, async () => {
    const plan = planText(`${failing}\npredict: { healthy: good }`);

    const { healthy, jobs } = await estimateUncertainty(plan, 10, 2);

    expect(healthy).toBe('good');
    expect(jobs[0]?.falseAborts).toMatchObject({ runs: 0, of: 10 });
    expect(jobs[0]?.aborts.runs).toBeGreaterThan(0);
  });
});

// field.md §3.2, from 20,000 runs: here by the whole service and fleet; three standard errors of 150.
it('a healthy update of which 5 % fail by chance: the gate decides how often it is aborted', {
  timeout: 60_000,
}, async () => {
  const gated = (gate: string) =>
    planText(`
name: healthy
emulator: { dialect: { abortGate: ${gate} } }
fleet: { things: 400, group: all, profile: { outcome: { succeed: 95%, fail: 5% }, work: 10m } }
jobs:
  - create:
      jobId: fw
      document: {}
      abortConfig: { criteriaList: [
        { failureType: FAILED, action: CANCEL, thresholdPercentage: 10, minNumberOfExecutedThings: 100 } ] }`);

  const runs = await runAllSeeds([gated('notified'), gated('completed')], 150, 2);

  const [notified = 0, completed = 0] = runs.map(
    (ofGate) => ofGate.filter(([job]) => job?.end === 'aborted').length / ofGate.length,
  );
  expect(Math.abs(notified - 0.49)).toBeLessThan(0.123);
  expect(Math.abs(completed - 0.04)).toBeLessThan(0.048);
});

describe('a sweep', () => {
  it('has a point for every combination, the last axis changing first', () => {
    const { points } = sweepOf(failing, 2, 'fleet.things=10,20', 'seed=7..9');

    expect(points.map(({ values }) => values.join())).toEqual([
      '10,7',
      '10,8',
      '10,9',
      '20,7',
      '20,8',
      '20,9',
    ]);
    const facts = ({ seed, population }: Plan) => [seed, population.batches[0]?.count];
    expect(points.map(({ plan }) => facts(plan))).toEqual([
      ['7', 10],
      ['8', 10],
      ['9', 10],
      ['7', 20],
      ['8', 20],
      ['9', 20],
    ]);
  });

  it('of too many simulations is refused before anything is loaded', () => {
    const refused = () =>
      planSweep(parseSweepAxes(['fleet.things=1..200', 'seed=1..10']), 20, () => {
        throw new Error('loaded');
      });

    expect(refused).toThrow(/2000 points of 20 seeds each: 40000 simulations, more than 10000/);
  });

  it('names the value that does not fit', () => {
    expect(() => sweepOf(failing, 2, 'fleet.things=10,many')).toThrow(/--sweep.*many/s);
  });

  it('marks what no other point beats, the same on any number of threads', {
    timeout: patient,
  }, async () => {
    const request = sweepOf(
      failing.replace('Things: 4', 'Things: 10'),
      6,
      'jobs.fw.create.abortConfig.criteriaList.0.thresholdPercentage=1,45,100',
    );

    const sweep = await runSweep(request, 2);

    expect(await runSweep(request, 1)).toEqual(sweep);
    const [hair, middle, never] = sweep.points;
    // The lowest threshold aborts for certain with least harm, the highest never with most.
    expect(hair).toMatchObject({ values: ['1'], aborts: { probability: 1 }, isBest: true });
    expect(never).toMatchObject({ values: ['100'], aborts: { probability: 0 }, isBest: true });
    expect(never?.harmedThings).toMatchObject({ median: 20, low: 20, high: 20 });
    expect(hair?.harmedThings.mean).toBeLessThanOrEqual(middle?.harmedThings.mean ?? 0);
    expect(never?.tripSeconds).toBeUndefined();
  });

  it('goes by false aborts where the scenario says what is healthy', {
    timeout: patient,
  }, async () => {
    const text = `${failing}\npredict: { healthy: good }`;
    const request = sweepOf(
      text,
      4,
      'jobs.fw.create.abortConfig.criteriaList.0.thresholdPercentage=1,100',
    );

    const { points } = await runSweep(request, 2);

    // Neither is ever false, so less harm is all that counts.
    expect(points.map(({ isBest }) => isBest)).toEqual([true, false]);
    expect(points.map(({ falseAborts }) => falseAborts?.runs)).toEqual([0, 0]);
  });
});
