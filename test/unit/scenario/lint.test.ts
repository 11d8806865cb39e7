import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintRules } from '../../../src/scenario/lint.ts';
import { loadText, problemsOf } from '../../support/scenarios.ts';

interface Parts {
  readonly things?: number;
  readonly good?: string;
  readonly bad?: string;
  /** Of the scenario, in one line. */
  readonly more?: string;
  /** Of the job, one a line: the first stands in line 13. */
  readonly job?: readonly string[];
}

/** 180 good and 20 bad things. Settings of the job begin in line 13. */
function scenarioOf({
  things = 200,
  good = 'outcome: succeed, work: 40s',
  bad = 'outcome: fail, work: 10s',
  more = 'stop: { after: 1h }',
  job = [],
}: Parts): string {
  return `name: lint
${more}
fleet:
  things: ${things}
  group: pumps
  cohorts:
    - { name: good, share: 90%, profile: { ${good} } }
    - { name: bad, share: 10%, profile: { ${bad} } }
jobs:
  - create:
      jobId: fw
      document: { version: 2 }
${job.map((line) => `      ${line}\n`).join('')}`;
}

/** `line: message → hint` of each warning. */
function lint(parts: Parts): string[] {
  return loadText(scenarioOf(parts)).warnings.map(
    ({ position, message, hint }) => `${position.line}: ${message} → ${hint}`,
  );
}

const abort = (failureType: string, threshold: number, gate: number) =>
  `abortConfig: { criteriaList: [{ failureType: ${failureType}, action: CANCEL, thresholdPercentage: ${threshold}, minNumberOfExecutedThings: ${gate} }] }`;
const retry = (failureType: string, retries: number) =>
  `jobExecutionsRetryConfig: { criteriaList: [{ failureType: ${failureType}, numberOfRetries: ${retries} }] }`;
const timeout = (minutes: number) => `timeoutConfig: { inProgressTimeoutInMinutes: ${minutes} }`;
const rate = (perMinute: number) =>
  `jobExecutionsRolloutConfig: { maximumPerMinute: ${perMinute} }`;
const exponential = (base: number, criteria: string, most = '') =>
  `jobExecutionsRolloutConfig: { exponentialRate: { baseRatePerMinute: ${base}, incrementFactor: 2, rateIncreaseCriteria: { ${criteria} } }${most} }`;
const windows = (minutes: number) => [
  'targetSelection: CONTINUOUS',
  `schedulingConfig: { maintenanceWindows: [{ startTime: "0 2 * * ? *", durationInMinutes: ${minutes} }] }`,
];
const schedule = (endTime: string) =>
  `schedulingConfig: { startTime: "2030-01-01 10:00", endTime: "2030-01-01 ${endTime}" }`;
const dialect = (settings: string) => `emulator: { dialect: { ${settings} } }`;

const cases: readonly (readonly [
  name: string,
  fires: Parts,
  warning: string,
  /** As close to it as can be, and all right. */
  quiet: Parts,
])[] = [
  [
    'a minimum above what can complete',
    { job: [abort('FAILED', 8, 201)] },
    '13: this criterion can never trip: it waits for 201 completed executions, and the 200 things of the job complete at most 200 → set it to 200 or less',
    { job: [abort('FAILED', 8, 200)] },
  ],
  [
    'things that never complete',
    { good: 'outcome: ignore', job: [abort('FAILED', 8, 21)] },
    '13: this criterion can never trip: it waits for 21 completed executions, and the 200 things of the job complete at most 20 → set it to 20 or less',
    { good: 'outcome: ignore', job: [abort('FAILED', 8, 20)] },
  ],
  [
    'retries complete more',
    { job: [abort('FAILED', 8, 241), retry('FAILED', 2)] },
    '13: this criterion can never trip: it waits for 241 completed executions, and the 200 things of the job complete at most 240 → set it to 240 or less',
    { job: [abort('FAILED', 8, 240), retry('FAILED', 2)] },
  ],
  [
    'a gate of notified things, which retries do not raise',
    { more: dialect('abortGate: notified'), job: [abort('FAILED', 8, 201), retry('FAILED', 2)] },
    '13: this criterion can never trip: it waits for 201 notified things, and the job has 200 → set it to 200 or less',
    { more: dialect('abortGate: notified'), job: [abort('FAILED', 8, 200)] },
  ],
  [
    'TIMED_OUT without a timer',
    { bad: 'outcome: hang', job: [abort('TIMED_OUT', 8, 100)] },
    '13: this criterion can never trip: nothing times out, as neither the job nor a profile of its 200 things sets a timer → set timeoutConfig.inProgressTimeoutInMinutes',
    { bad: 'outcome: hang', job: [abort('TIMED_OUT', 8, 100), timeout(5)] },
  ],
  [
    'a failure that does not come',
    { job: [abort('REJECTED', 8, 100)] },
    '13: this criterion can never trip: of the 200 things of the job none ends REJECTED → leave it out, or give a cohort such an outcome',
    { bad: 'outcome: reject', job: [abort('REJECTED', 8, 100)] },
  ],
  [
    'more failures than there can be',
    { job: [abort('FAILED', 10.5, 200)] },
    '13: this criterion can never trip: 10.5 % of at least 200 are 21 failures, and at most 20 executions end FAILED → set it to 10 % or less, or wait for fewer executions',
    { job: [abort('FAILED', 10, 200)] },
  ],
  [
    'only above the percentage',
    { more: dialect('abortComparison: above'), job: [abort('FAILED', 10, 200)] },
    '13: this criterion can never trip: 10 % of at least 200 are 21 failures, and at most 20 executions end FAILED → set it to 10 % or less, or wait for fewer executions',
    { job: [abort('FAILED', 10, 200)] },
  ],
  [
    'more failures than a mixture draws in a million runs',
    { bad: 'outcome: { succeed: 90%, fail: 10% }', job: [abort('FAILED', 16, 100)] },
    '13: this criterion can never trip: 16 % of at least 100 are 16 failures, and at most 15 executions end FAILED → set it to 15 % or less, or wait for fewer executions',
    { bad: 'outcome: { succeed: 90%, fail: 10% }', job: [abort('FAILED', 15, 100)] },
  ],
  [
    'a gate that one failure passes',
    { job: [abort('FAILED', 8, 12)] },
    '13: one failure is enough to cancel the job: 1 of 12 is 8.33 %, and the threshold is 8 % → set it to 13 or more, so that it takes two',
    { job: [abort('FAILED', 8, 13)] },
  ],
  [
    'a gate that exactly one failure reaches',
    { job: [abort('FAILED', 5, 20)] },
    '13: one failure is enough to cancel the job: 1 of 20 is 5 %, and the threshold is 5 % → set it to 21 or more, so that it takes two',
    { more: dialect('abortComparison: above'), job: [abort('FAILED', 5, 20)] },
  ],
  [
    'too few things for any gate',
    { things: 10, job: [abort('FAILED', 5, 1)] },
    '13: one failure is enough to cancel the job: 1 of 1 is 100 %, and the threshold is 5 % → raise it and the threshold, so that it takes two',
    { things: 10, good: 'outcome: { succeed: 90%, fail: 10% }', job: [abort('FAILED', 50, 3)] },
  ],
  [
    'retries that multiply failures',
    { job: [abort('FAILED', 25, 50), retry('FAILED', 2)] },
    '13: retries alone make this criterion trip: FAILED is 10 % of first attempts (20 of 200 executions) but 25 % with retries (60 of 240 executions) → set it above 25 %, or retry less',
    { job: [abort('FAILED', 25.01, 50), retry('FAILED', 2)] },
  ],
  [
    'retries that hide other failures',
    {
      good: 'outcome: { succeed: 90%, reject: 10% }',
      job: [abort('REJECTED', 9, 50), retry('FAILED', 10)],
    },
    '13: retries hide failures from this criterion: REJECTED is 9 % of first attempts (18 of 200 executions) but 4.5 % with retries (18 of 400 executions) → set it to 4.5 % or less, or retry less',
    {
      good: 'outcome: { succeed: 90%, reject: 10% }',
      job: [abort('REJECTED', 4.5, 50), retry('FAILED', 10)],
    },
  ],
  [
    'a base rate at its cap',
    { job: [exponential(100, 'numberOfNotifiedThings: 50', ', maximumPerMinute: 100')] },
    '13: the rate never rises: it begins at 100 a minute, and maximumPerMinute caps it at 100 → begin below the cap, or leave exponentialRate out',
    { job: [exponential(99, 'numberOfNotifiedThings: 50', ', maximumPerMinute: 100')] },
  ],
  [
    'a base rate at the cap of the service',
    { job: [exponential(1000, 'numberOfNotifiedThings: 50')] },
    '13: the rate never rises: it begins at 1000 a minute, and the service caps it at 1000 → begin below the cap, or leave exponentialRate out',
    { job: [exponential(999, 'numberOfNotifiedThings: 50')] },
  ],
  [
    'an increase once all are notified',
    { job: [exponential(50, 'numberOfNotifiedThings: 200')] },
    '13: the rate never rises above 50 a minute: it waits for 200 notified things, and there are at most 199 while the rest of the 200 things wait → set it to 199 or less',
    { job: [exponential(50, 'numberOfNotifiedThings: 199')] },
  ],
  [
    'an increase at more successes than there are',
    { job: [exponential(50, 'numberOfSucceededThings: 181')] },
    '13: the rate never rises above 50 a minute: it waits for 181 succeeded things, and there are at most 180 while the rest of the 200 things wait → set it to 180 or less',
    { job: [exponential(50, 'numberOfSucceededThings: 180')] },
  ],
  [
    'a run that stops before a constant rate is through',
    { more: 'stop: { after: 19m53s }', job: [rate(10)] },
    '13: the rollout needs 19m54s, and the run stops after 19m53s: at most 199 of 200 things get it → set stop.after above 19m54s, or raise the rate',
    { more: 'stop: { after: 19m54s }', job: [rate(10)] },
  ],
  [
    'a run that stops before an exponential rate is through',
    // 99 at 10 a minute, 100 at 20: 9m54s and 5m.
    { more: 'stop: { after: 10m54s }', job: [exponential(10, 'numberOfNotifiedThings: 100')] },
    '13: the rollout needs 14m54s, and the run stops after 10m54s: at most 120 of 200 things get it → set stop.after above 14m54s, or raise the rate',
    { more: 'stop: { after: 14m54s }', job: [exponential(10, 'numberOfNotifiedThings: 100')] },
  ],
  [
    'a run that stops before the default rate is through',
    { things: 2001, more: 'stop: { after: 1m }' },
    '11: the rollout needs 2m, and the run stops after 1m: at most 1,001 of 2,001 things get it → set stop.after above 2m, or raise the rate',
    { things: 1001, more: 'stop: { after: 1m }' },
  ],
  [
    'a schedule that ends before the rollout',
    { job: [rate(3), schedule('11:00')], more: 'stop: { after: 2h }' },
    '14: the rollout needs 1h6m, and startTime to endTime is 1h: at most 181 of 200 things get it → set a later endTime, or raise the rate',
    { job: [rate(3), schedule('11:07')], more: 'stop: { after: 2h }' },
  ],
  [
    'windows that the rollout does not fit in',
    { job: [rate(10), ...windows(9)] },
    '15: the rollout needs 19m54s, and no window is longer than 9m: it takes 3 windows or more → lengthen the window, or raise the rate',
    { job: [rate(10), ...windows(20)] },
  ],
  [
    'a timeout that constant work reaches',
    { good: 'work: 2m', job: [timeout(2)] },
    '13: the timeout of 2m is shorter than the work of cohort good, 2m: 100 % of it times out → set it to 3 or more',
    { good: 'work: 119s', job: [timeout(2)] },
  ],
  [
    'a timeout that the tail of the work passes',
    { good: 'work: { lognormal: { median: 40s, p99: 3m } }', job: [timeout(3)] },
    '13: the timeout of 3m is shorter than the work of cohort good, median 40s, p99 3m: 1 % of it times out → set it to 4 or more',
    { good: 'work: { lognormal: { median: 40s, p99: 179s } }', job: [timeout(3)] },
  ],
  [
    'a timeout that the download uses up',
    { good: 'work: 1m, download: { size: 6MB, rate: 100kB/s }', job: [timeout(2)] },
    '13: the timeout of 2m is shorter than the work of cohort good, 2m: 100 % of it times out → set it to 3 or more',
    { good: 'work: 59s, download: { size: 6MB, rate: 100kB/s }', job: [timeout(2)] },
  ],
  [
    'work that is never to come to an end',
    { bad: 'work: 10m', job: [timeout(2)] },
    '13: the timeout of 2m is shorter than the work of cohort bad, 10m: 100 % of it times out → set it to 11 or more',
    { bad: 'outcome: { hang: 50%, overrun: 50% }, work: 10m', job: [timeout(2)] },
  ],
  [
    'a step timer that runs out between two reports',
    { good: 'work: 4m, stepTimeout: 1m, progress: { steps: 3 }' },
    '7: the step timer of 1m is shorter than the time between two reports of cohort good, 1m: 100 % of its executions time out → lengthen it, or set progress.steps to 4 or more',
    { good: 'work: 4m, stepTimeout: 1m, progress: { steps: 4 }' },
  ],
  [
    'a step timer that runs out in the download',
    {
      good: 'work: 1s, stepTimeout: 1m, download: { size: 6MB, rate: 10kB/s, steps: 10 }',
    },
    '7: the step timer of 1m is shorter than the time between two reports of cohort good, 1m: 100 % of its executions time out → lengthen it, or report more often with progress.steps and download.steps',
    {
      good: 'work: 1s, stepTimeout: 1m, download: { size: 6MB, rate: 10kB/s, steps: 11 }',
    },
  ],
];

describe.each(cases)('%s', (_, fires, warning, quiet) => {
  it('is told with its numbers', () => {
    expect(lint(fires)).toEqual([warning]);
  });

  it('is not told where there is nothing to tell', () => {
    expect(lint(quiet)).toEqual([]);
  });
});

it.each([
  ['fails nowhere', { good: 'work: 40s', bad: 'work: 10s', job: [abort('FAILED', 8, 100)] }],
  [
    'gets a timer later',
    {
      more: 'timeline: [{ at: 1m, updateJob: { jobId: fw, timeoutConfig: { inProgressTimeoutInMinutes: 5 } } }]',
      bad: 'outcome: hang',
      job: [abort('TIMED_OUT', 8, 20)],
    },
  ],
  ['has one thing only', { things: 1, job: [abort('FAILED', 8, 1)] }],
  [
    'is cancelled by the operator',
    {
      more: 'timeline: [{ at: 1m, cancelJob: { jobId: fw } }]\nstop: { after: 2m }',
      job: [rate(10)],
    },
  ],
])('nothing is told of a job that %s', (_, parts) => {
  expect(lint(parts)).toEqual([]);
});

describe('what a job is for', () => {
  const fleet = (target: string, joiners: string) =>
    `name: x
fleet: { things: 100, group: { name: pumps, parent: site }, profile: { outcome: fail } }
groups: [{ name: site }, { name: other }]
timeline: [{ at: 1m, addThings: { count: 10, ${joiners} } }]
jobs:
  - create: { jobId: fw, document: {}, ${target}, ${abort('FAILED', 8, 1000)} }
`;

  it.each([
    ['those of groups below', 'targets: [site]', 'group: pumps', 100],
    [
      'and, if CONTINUOUS, all that join them',
      'targets: [site], targetSelection: CONTINUOUS',
      'group: pumps',
      110,
    ],
    [
      'but not those that join others',
      'targets: [site], targetSelection: CONTINUOUS',
      'group: other',
      100,
    ],
    [
      'single things, once',
      'targets: [{ thing: thing-00001 }, { thing: thing-00001 }, { thing: thing-00002 }]',
      'group: other',
      2,
    ],
    [
      'a thing of a group only once',
      'targets: [site, { thing: thing-00002 }]',
      'group: pumps',
      100,
    ],
  ])('%s', (_, target, joiners, things) => {
    expect(problemsOf(fleet(target, joiners))).toContain(
      `the ${things} things of the job complete at most ${things}`,
    );
  });
});

it('says what jobs have in common once', () => {
  const text = `name: x
fleet: { things: 9, group: g, profile: { work: 4m, stepTimeout: 1m } }
jobs:
  - create: { jobId: one, document: {} }
  - create: { jobId: two, document: {} }
`;

  expect(
    problemsOf(text),
  ).toBe(`scenario.yaml:2:65  warning  the step timer of 1m is shorter than the time between two reports of cohort all, 4m: 100 % of its executions time out
  2 | fleet: { things: 9, group: g, profile: { work: 4m, stepTimeout: 1m } }
    |                                                                 ^^ lengthen it, or set progress.steps to 4 or more`);
});

it('docs/lint.md has a row for every rule', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/lint.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);

  expect(rows).toEqual(Object.keys(lintRules));
});
