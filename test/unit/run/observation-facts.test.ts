import type { IoTClient, Job } from '@aws-sdk/client-iot';
import { expect, it } from 'vitest';
import { openRunExporter } from '../../../src/metrics/prometheus.ts';
import { renderHtml } from '../../../src/report/html/render-html.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import type { Summary } from '../../../src/report/summary.ts';
import { renderText } from '../../../src/report/text.ts';
import { Collector } from '../../../src/run/collector.ts';
import { tellChangeOf } from '../../../src/run/job-look.ts';
import { JobWatch, type ListedExecution } from '../../../src/run/job-watch.ts';
import { devicesOf, observationFacts, tellsNotices } from '../../../src/run/observation-facts.ts';
import { metricsFacts } from '../../../src/run/run-metrics.ts';
import { defaultAwsSettings } from '../../../src/scenario/target-schema.ts';
import { runFactsOf } from '../../support/run-facts.ts';
import { jobOf, summaryOf } from '../../support/summaries.ts';
import { planText } from '../../support/virtual.ts';

const plan = planText(`
name: observed
stop: { after: 1m }
fleet: { things: 10, group: all, profile: {} }
jobs: [{ create: { jobId: fw, document: {} } }]
`);
const abortConfig = {
  criteriaList: [
    {
      ...{ failureType: 'FAILED', action: 'CANCEL' },
      ...{ thresholdPercentage: 10, minNumberOfExecutedThings: 5 },
    },
  ],
};

/** As DescribeJob of AWS tells it, once. */
async function watchOf(job: Job, request: Readonly<Record<string, unknown>> = { abortConfig }) {
  const watch = new JobWatch('fw', request);
  const iot = { send: async () => ({ job }) } as unknown as IoTClient;
  await watch.look(iot, undefined, 9000);
  return watch;
}

const canceled: Job = {
  status: 'CANCELED',
  createdAt: new Date(1000),
  lastUpdatedAt: new Date(8123),
  jobProcessDetails: { numberOfSucceededThings: 4, numberOfFailedThings: 2 },
};
const execution = (queuedAt: number, updatedAt: number): ListedExecution => ({
  ...{ thingName: 't', executionNumber: 1, status: 'FAILED', startedAt: undefined },
  ...{ queuedAt, updatedAt },
});

function factsOf(watch: JobWatch, listed: readonly ListedExecution[] | undefined) {
  return observationFacts({
    plan: { ...plan, target: { kind: 'aws', ...defaultAwsSettings, events: 'existing' } },
    watches: [watch],
    listings: new Map(listed === undefined ? [] : [['fw', listed]]),
    looksPerSecond: 9,
    isListening: false,
  });
}

const figures = (facts: Summary['observation']) => facts?.unknown.map(({ figure }) => figure);

it('names what AWS does not tell of a run, and of the job at hand', async () => {
  const retried = await watchOf(canceled, { abortConfig, jobExecutionsRetryConfig: {} });
  const facts = factsOf(retried, undefined);

  expect(facts).toMatchObject({ lookSeconds: 1, events: 'unavailable' });
  expect(figures(facts)).toEqual(
    expect.arrayContaining([
      'jobs.<job>.targeted',
      'jobs.fw.notified',
      'jobs.fw.progress: notified',
      'jobs.fw.abort.tripped',
    ]),
  );
  const told = await watchOf({ ...canceled, reasonCode: 'ABORT_CRITERIA_MET' });
  expect(
    figures(factsOf(told, [execution(1000, 2500)]))?.filter((each) => /fw/.test(each)),
  ).toEqual([]);
});

it.each([
  [[execution(1000, 2000)], 1],
  [[execution(1000, 2000), execution(1000, 2001)], 0.001],
])('tells how exact the times of the service are', async (listed, resolutionSeconds) => {
  expect(factsOf(await watchOf(canceled), listed)).toMatchObject({ resolutionSeconds });
});

it('how long notices took cannot be told from whole seconds', () => {
  const coarse = new Map([['fw', [execution(1000, 2000)]]]);
  const fine = new Map([['fw', [execution(1000, 2001)]]]);
  const aws = { target: { kind: 'aws', ...defaultAwsSettings } } as const;

  expect([tellsNotices(aws, coarse), tellsNotices(aws, fine)]).toEqual([false, true]);
  expect(tellsNotices({ target: { kind: 'emulator' } }, coarse)).toBe(true);
});

it('an emulator of our own tells everything', () => {
  const none = { watches: [], listings: new Map(), looksPerSecond: undefined, isListening: false };
  expect(observationFacts({ plan, ...none })).toBeUndefined();
});

it('devices tell themselves when they heard of a job, and when they were through', () => {
  const record = { executionNumber: 1, behaviour: 'succeed', acknowledged: true, updated: true };
  const seen = {
    notices: [
      { thing: 1, jobId: 'fw', executionNumber: 2, receivedAt: 9000 },
      { thing: 1, jobId: 'fw', executionNumber: 1, receivedAt: 2500 },
      { thing: 2, jobId: 'fw', executionNumber: 1, receivedAt: 2250 },
      { thing: 3, jobId: 'other', executionNumber: 1, receivedAt: 2000 },
    ],
    executions: [
      { ...record, thing: 1, jobId: 'fw', reported: undefined, noticedAt: 2500 },
      { ...record, thing: 2, jobId: 'fw', reported: undefined, noticedAt: 2250, endedAt: 4125 },
    ],
  };

  expect(devicesOf('fw', seen, 2000)).toEqual({
    heard: [
      [0.25, 1],
      [0.5, 2],
    ],
    ended: 1,
    firstEndAt: 2.125,
    lastEndAt: 2.125,
  });
});

async function scrape(watch: JobWatch): Promise<string> {
  const collector = new Collector(
    () => 0,
    () => undefined,
  );
  const sources = {
    ...{ labels: runFactsOf(), collector, watches: [watch], cohorts: [], elapsedMs: 0 },
    ...{ toWall: (at: number) => at, predict: () => undefined },
    ...{ verdict: undefined, assertions: [] },
  };
  return openRunExporter(() => metricsFacts(sources)).exposition();
}

it('what nobody can tell has no sample', async () => {
  const unknown = await scrape(
    await watchOf(canceled, { abortConfig, jobExecutionsRetryConfig: {} }),
  );
  const known = await scrape(await watchOf({ ...canceled, reasonCode: 'ABORT_CRITERIA_MET' }));

  for (const series of [
    'fleetrig_rollout_targeted_things{',
    'fleetrig_rollout_notified_things_total{',
    'fleetrig_rollout_configured_things_per_second{',
    'fleetrig_job_aborted{',
  ]) {
    expect(unknown).not.toContain(series);
  }
  expect(known).toMatch(/fleetrig_rollout_notified_things_total\{[^}]*\} 6\n/);
  expect(known).toMatch(/fleetrig_job_aborted\{[^}]*\} 1\n/);
});

it('the timeline tells an abort in the words of AWS, when it came about', async () => {
  const collector = new Collector(
    () => 9000,
    () => undefined,
  );
  const comment = 'Job aborted: FAILED threshold';
  tellChangeOf(await watchOf({ ...canceled, reasonCode: 'X', comment }), collector);

  expect(collector.events).toMatchObject([
    { at: 8123, kind: 'job-aborted', message: `job fw aborted itself: ${comment}` },
  ]);
});

it('every report says unknown, and nowhere zero', () => {
  const { targeted: _, notified: __, rollout, ...job } = jobOf();
  const { steps: ___, ...curves } = rollout;
  const criteria = job.abort.criteria.slice(0, 1).map((criterion) => {
    const { failureType, thresholdPercentage, minNumberOfExecutedThings } = criterion;
    const { gate, denominator } = criterion;
    return {
      ...{ failureType, thresholdPercentage, minNumberOfExecutedThings },
      ...{ gate, denominator },
    };
  });
  const unknown = [{ figure: 'jobs.<job>.targeted', reason: 'AWS tells no such figure' }];
  const summary = summaryOf({
    jobs: [{ ...job, rollout: curves, abort: { criteria } }],
    observation: { lookSeconds: 2, resolutionSeconds: 1, events: 'off', unknown },
  });
  const options = { columns: 200, isUnicode: true, style: (_: string, text: string) => text };
  const pages = {
    text: renderText(summary, { ...options, reportPath: 'reports/x' }).join('\n'),
    markdown: renderMarkdown(summary).replaceAll('\\', ''),
    html: renderHtml(summary),
  };

  for (const [kind, page] of Object.entries(pages)) {
    expect(page, kind).toMatch(/unknown how many were notified/);
    expect(page, kind).toMatch(/unknown whether it tripped/);
    expect(page, kind).toMatch(/every 2s; job events not used; times of the service to 1s/);
    expect(page, kind).toMatch(/unknown or inexact: .*AWS tells no such figure/);
  }
  expect(pages.markdown).toMatch(/\| Notified \| - \|/);
  expect(pages.html).toMatch(/how many were targeted is unknown/);
});
