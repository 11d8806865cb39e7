import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { predict, readingsOf } from '../../../src/run/predict.ts';
import { runVirtually } from '../../../src/run/virtual-run.ts';
import { Referee } from '../../../src/sim/referee.ts';
import { planText, predictText, runText } from '../../support/virtual.ts';

const quickstart = readFileSync('scenarios/quickstart.yaml', 'utf8');

const rollout = (things: number, config: string, profile: string, abort = '') => `
name: closed-form
seed: 1
stop: { after: 5h }
fleet: { things: ${things}, group: all, connect: { perSecond: 100000 }, profile: ${profile} }
jobs:
  - create: { jobId: fw, document: {}, jobExecutionsRolloutConfig: ${config}${abort} }`;

describe('closed forms', () => {
  it.each([
    [1, 60],
    [50, 120],
    [1000, 2500],
  ])(
    'at %d a minute, %d things are through when the last was released and did its work',
    (perMinute, things) => {
      const { jobs, zeroAt } = runText(
        rollout(things, `{ maximumPerMinute: ${perMinute} }`, '{ work: 30s }'),
      );

      // Releases are whole milliseconds apart, at least 100, and the network takes 20 ms a message.
      const lastReleaseMs = ((things - 1) * 60_000) / perMinute;
      const tookMs = (jobs[0]?.observation.completedAt ?? 0) - zeroAt;
      expect(tookMs).toBeGreaterThan(lastReleaseMs + 30_000);
      expect(tookMs).toBeLessThan(lastReleaseMs + 30_000 + 150);
    },
  );

  it('the exponential example of the guide: 50, 100, 200, 400 at 1,000, 2,000, 3,000', () => {
    const { jobs, zeroAt } = runText(readFileSync('scenarios/exponential-guide.yaml', 'utf8'));
    const [job] = jobs;

    expect(job?.observation.rateSteps.map(({ ratePerMinute }) => ratePerMinute)).toEqual([
      50, 100, 200, 400,
    ]);
    const notified = job?.observation.rateSteps.map(
      ({ at }) => job.releases.filter((releasedAt) => releasedAt <= at).length,
    );
    expect(notified).toEqual([1, 1000, 2000, 3000]);
    // 20, 10 and 5 minutes apart.
    const minutes = job?.observation.rateSteps.map(({ at }) => (at - zeroAt) / 60_000);
    expect(minutes?.map(Math.round)).toEqual([0, 20, 30, 35]);
  });

  it('total failure after ten minutes: which reading trips when (field.md §3.2)', () => {
    const abort = `, abortConfig: { criteriaList: [
      { failureType: FAILED, action: CANCEL, thresholdPercentage: 10, minNumberOfExecutedThings: 100 } ] }`;
    const { outcomes } = predictText(
      rollout(12_000, '{ maximumPerMinute: 1000 }', '{ outcome: fail, work: 10m }', abort),
    );

    const trips = outcomes
      .filter(({ reading }) => reading.abortComparison === 'at-or-above')
      .map(({ reading, jobs }) => {
        const trip = jobs[0]?.criteria[0]?.trip;
        return [
          `${reading.abortGate}/${reading.abortDenominator}`,
          trip?.executed,
          (trip?.at ?? 0) / 60,
          trip?.notified,
        ] as const;
      });
    const byReading = Object.fromEntries(trips.map(([name, ...rest]) => [name, rest]));
    expect(byReading['completed/completed']?.[0]).toBe(100);
    expect(byReading['completed/completed']?.[1]).toBeCloseTo(10.1, 1);
    expect(byReading['completed/completed']?.[2]).toBeGreaterThan(10_095);
    expect(byReading['completed/completed']?.[2]).toBeLessThan(10_105);
    expect(byReading['notified/notified']?.[0]).toBeGreaterThanOrEqual(1111);
    expect(byReading['notified/notified']?.[0]).toBeLessThan(1115);
    expect(byReading['notified/notified']?.[1]).toBeCloseTo(11.1, 1);
    expect(byReading['notified/notified']?.[2]).toBeGreaterThan(11_105);
    expect(byReading['notified/notified']?.[2]).toBeLessThan(11_120);
    // Of completed ones, with the minimum long notified: the very first failure is 100 %.
    expect(byReading['notified/completed']?.[0]).toBe(1);
  });
});

describe('the readings', () => {
  it('are all eight, the scenario’s own first; one where nothing can abort', () => {
    const own = 'emulator: { dialect: { abortGate: notified } }';

    const [first, ...others] = readingsOf(planText(`${quickstart}\n${own}`));

    expect(first).toMatchObject({ abortGate: 'notified', abortComparison: 'at-or-above' });
    expect(new Set([first, ...others].map((reading) => JSON.stringify(reading))).size).toBe(8);
    expect(readingsOf(planText(rollout(5, '{}', '{}')))).toHaveLength(1);
  });

  it.each(['quickstart', 'another'])(
    'that decide alike share a simulation, with the same result: %s',
    (name) => {
      const text =
        name === 'quickstart'
          ? quickstart
          : rollout(
              400,
              '{ maximumPerMinute: 900 }',
              '{ outcome: { succeed: 60%, fail: 20%, hang: 20% }, work: { exponential: { mean: 20s } } }',
              `, timeoutConfig: { inProgressTimeoutInMinutes: 1 }
             , jobExecutionsRetryConfig: { criteriaList: [ { failureType: FAILED, numberOfRetries: 1 } ] }
             , abortConfig: { criteriaList: [
               { failureType: TIMED_OUT, action: CANCEL, thresholdPercentage: 12, minNumberOfExecutedThings: 60 },
               { failureType: FAILED, action: CANCEL, thresholdPercentage: 25, minNumberOfExecutedThings: 150 } ] }`,
            );
      const plan = planText(text);

      const { outcomes } = predict(plan, () => undefined).prediction;

      for (const { reading, jobs, simulatedSeconds } of outcomes) {
        const direct = runVirtually(plan, { ...plan.dialect, ...reading }, new Referee([]));
        const trip = direct.jobs[0]?.trip;
        const told = jobs[0]?.criteria.find((criterion) => criterion.trip !== undefined)?.trip;
        expect(told?.executed).toBe(trip?.executed);
        expect(told?.thing).toBe(trip?.thingName);
        expect(told?.at).toBe(trip && (trip.at - direct.zeroAt) / 1000);
        expect(simulatedSeconds).toBe((direct.endAt - direct.zeroAt) / 1000);
      }
      const trips = outcomes.map(({ jobs }) => jobs[0]?.criteria.map(({ trip }) => trip?.executed));
      expect(new Set(trips.map(String)).size).toBeGreaterThan(1);
    },
  );
});

it('the trip point names the execution that was one too many', () => {
  const { jobs, simulation } = runText(quickstart);
  const [job] = jobs;
  const trip = job?.trip;

  expect(job?.status).toBe('CANCELED');
  expect(trip).toMatchObject({ executed: 224, failed: 18, thingName: 'pump-00272' });
  expect(simulation.jobs()[0]?.observation.notified).toBe(trip?.notified);
});

// At 1,000 a minute two things are released at once now and then; all time out in that order.
it.each([2, 3, 4, 5, 6, 7, 8, 9])(
  'of executions that end at the same instant, it is number %d of them all',
  (minimum) => {
    const abort = `, timeoutConfig: { inProgressTimeoutInMinutes: 1 }, abortConfig: { criteriaList: [
      { failureType: TIMED_OUT, action: CANCEL, thresholdPercentage: 1, minNumberOfExecutedThings: ${minimum} } ] }`;

    const { jobs } = runText(rollout(20, '{ maximumPerMinute: 1000 }', '{ outcome: hang }', abort));

    expect(jobs[0]?.trip).toMatchObject({
      executed: minimum,
      thingName: `thing-0000${minimum - 1}`,
      harmed: minimum,
    });
  },
);

it('the same seed gives the same prediction, another seed another', () => {
  const first = predictText(quickstart);

  expect(predictText(quickstart)).toEqual(first);
  expect(predictText(quickstart.replace('seed: 42', 'seed: 43'))).not.toEqual(first);
});
