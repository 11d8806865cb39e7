import fc from 'fast-check';
import { expect, it } from 'vitest';
import { behaviourNames } from '../../src/device/behaviours.ts';
import { releasedWithin, releaseMs } from '../../src/scenario/release-times.ts';
import { loadText } from '../support/scenarios.ts';
import { runText } from '../support/virtual.ts';

const anyJob = fc.record({
  seed: fc.nat(),
  things: fc.integer({ min: 2, max: 40 }),
  outcome: fc.constantFrom(...behaviourNames),
  other: fc.constantFrom('succeed', 'fail', 'reject', 'hang', 'ignore'),
  share: fc.integer({ min: 1, max: 99 }),
  isMixture: fc.boolean(),
  failureType: fc.constantFrom('FAILED', 'REJECTED', 'TIMED_OUT', 'ALL'),
  threshold: fc.integer({ min: 1, max: 100 }),
  gate: fc.integer({ min: 1, max: 60 }),
  minutes: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  retries: fc.integer({ min: 0, max: 2 }),
  dialect: fc.constantFrom(
    '',
    'abortGate: notified',
    'abortComparison: above',
    'abortDenominator: notified',
    'abortGate: notified, abortDenominator: notified',
  ),
});

type AnyJob = typeof anyJob extends fc.Arbitrary<infer T> ? T : never;

function textOf(job: AnyJob): string {
  const { outcome, other, share, isMixture, minutes, retries } = job;
  const mixed =
    outcome === other ? outcome : `{ ${outcome}: ${share}%, ${other}: ${100 - share}% }`;
  const cohorts = isMixture
    ? [`{ name: all, share: 100%, profile: { outcome: ${mixed}, work: 50s } }`]
    : [
        `{ name: one, share: ${share}%, profile: { outcome: ${outcome}, work: 50s } }`,
        `{ name: two, share: ${100 - share}%, profile: { outcome: ${other}, work: 10s } }`,
      ];
  return `name: any
seed: ${job.seed}
stop: { after: 2h }
emulator: { dialect: { ${job.dialect} } }
fleet: { things: ${job.things}, group: all, cohorts: [${cohorts.join(', ')}] }
jobs:
  - create:
      jobId: fw
      document: {}
      abortConfig: { criteriaList: [{ failureType: ${job.failureType}, action: CANCEL, thresholdPercentage: ${job.threshold}, minNumberOfExecutedThings: ${job.gate} }] }
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: ALL, numberOfRetries: ${retries} }] }
      ${minutes === undefined ? '' : `timeoutConfig: { inProgressTimeoutInMinutes: ${minutes} }`}
`;
}

it('a criterion of which lint says that it can never trip never does', () => {
  let told = 0;
  fc.assert(
    fc.property(anyJob, (job) => {
      const text = textOf(job);
      if (!loadText(text).warnings.some(({ message }) => message.includes('can never trip')))
        return;
      told++;
      expect(runText(text).jobs[0]?.trip).toBeUndefined();
    }),
    { numRuns: 100 },
  );

  expect(told).toBeGreaterThan(30);
});

const anyRollout = fc.record({
  things: fc.integer({ min: 1, max: 300 }),
  baseRatePerMinute: fc.integer({ min: 1, max: 100 }),
  tenths: fc.integer({ min: 11, max: 50 }),
  step: fc.integer({ min: 1, max: 100 }),
  maximumPerMinute: fc.integer({ min: 1, max: 400 }),
  criterion: fc.constantFrom('numberOfNotifiedThings', 'numberOfSucceededThings', undefined),
});

it('the closed form tells when the last thing is released, or when at the earliest', () => {
  fc.assert(
    fc.property(anyRollout, ({ things, maximumPerMinute, criterion, ...rate }) => {
      const exponentialRate = {
        baseRatePerMinute: rate.baseRatePerMinute,
        incrementFactor: rate.tenths / 10,
        rateIncreaseCriteria: criterion === undefined ? {} : { [criterion]: rate.step },
      };
      const config = {
        maximumPerMinute,
        ...(criterion === undefined ? {} : { exponentialRate }),
      };
      const text = `name: any
stop: { after: 9h }
fleet: { things: ${things}, group: all, profile: { work: 10s } }
jobs:
  - create: { jobId: fw, document: {}, jobExecutionsRolloutConfig: ${JSON.stringify(config)} }
`;

      const releases = runText(text).jobs[0]?.releases ?? [];
      const tookMs = (releases.at(-1) ?? 0) - (releases[0] ?? 0);
      const expectedMs = releaseMs(config, { rateSpread: 'even' }, things);

      expect(releases).toHaveLength(things);
      // Releases wake at whole milliseconds, at the earliest 100 ms after the last.
      expect(tookMs).toBeGreaterThan(expectedMs - 100);
      if (criterion !== 'numberOfSucceededThings') expect(tookMs).toBeLessThan(expectedMs + 1000);
      expect(releasedWithin(config, { rateSpread: 'even' }, expectedMs)).toBeGreaterThanOrEqual(
        things,
      );
      expect(releasedWithin(config, { rateSpread: 'even' }, expectedMs - 1)).toBeLessThanOrEqual(
        things,
      );
    }),
    { numRuns: 50 },
  );
});
