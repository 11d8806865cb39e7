import type { IoTClient } from '@aws-sdk/client-iot';
import { expect, it } from 'vitest';
import { Collector } from '../../../src/run/collector.ts';
import { checkInvariants } from '../../../src/run/invariants.ts';
import { JobWatch, type ListedExecution } from '../../../src/run/job-watch.ts';

const listed = (thingName: string, status: string, executionNumber = 1): ListedExecution => ({
  thingName,
  status,
  executionNumber,
  queuedAt: 1000,
  startedAt: undefined,
  updatedAt: 1000,
});

/** A job as DescribeJob and the emulator would tell it. */
async function watchOf(
  succeeded: number,
  failed: number,
  notified: number,
  targeted: number | 'untold' = 10,
) {
  const watch = new JobWatch('fw', {});
  const job = {
    status: 'IN_PROGRESS',
    jobProcessDetails: { numberOfSucceededThings: succeeded, numberOfFailedThings: failed },
  };
  const iot = { send: async () => ({ job }) } as unknown as IoTClient;
  const admin = {
    observeJob: async () =>
      (targeted === 'untold' ? undefined : { notified, targeted, rateSteps: [] }) as never,
    provision: async () => undefined,
    stats: async () => ({ connections: 0, cpuSeconds: 0, rssBytes: 0, eventLoopDelayMsP99: 0 }),
    freeze: async () => undefined,
  };
  await watch.look(iot, admin, 5000);
  return watch;
}

function collectorOf(counters: Record<string, number>, reported: 'SUCCEEDED' | 'FAILED') {
  const collector = new Collector(
    () => 0,
    () => undefined,
  );
  collector.addDelta({
    worker: '0/0',
    metrics: { histograms: {}, counters, gauges: {} },
    notices: [],
    executions: [
      {
        thing: 0,
        jobId: 'fw',
        executionNumber: 1,
        behaviour: 'succeed',
        reported,
        acknowledged: true,
        updated: true,
        noticedAt: 0,
      },
    ],
  });
  return collector;
}

const balanced = {
  'requests/update/sent': 3,
  'requests/update/accepted': 2,
  'requests/update/lost': 1,
};
const nameOf = (index: number) => `t${index}`;

it('all hold when everything adds up', async () => {
  const listings = new Map([['fw', [listed('t0', 'SUCCEEDED'), listed('t1', 'FAILED')]]]);

  const invariants = checkInvariants(
    collectorOf(balanced, 'SUCCEEDED'),
    [await watchOf(1, 1, 2)],
    listings,
    nameOf,
    true,
  );

  expect(invariants.filter(({ holds }) => !holds)).toEqual([]);
  expect(invariants).toHaveLength(4);
});

it.each([
  [
    'a counter without its execution',
    balanced,
    'SUCCEEDED',
    2,
    2,
    /released = terminal \+ pending/,
  ],
  ['more things listed than notified', balanced, 'SUCCEEDED', 1, 1, /created = released/],
  [
    'an answer that got lost in the books',
    { ...balanced, 'requests/update/lost': 0 },
    'SUCCEEDED',
    1,
    2,
    /accepted \+ rejected/,
  ],
  ['a thing notified and listed nowhere', balanced, 'SUCCEEDED', 1, 3, /created = released/],
  ['a device that was told something else', balanced, 'FAILED', 1, 2, /final words/],
] as const)('sees %s', async (_, counters, reported, succeeded, notified, name) => {
  const listings = new Map([['fw', [listed('t0', 'SUCCEEDED'), listed('t1', 'FAILED')]]]);

  const invariants = checkInvariants(
    collectorOf(counters, reported),
    [await watchOf(succeeded, 1, notified)],
    listings,
    nameOf,
    true,
  );

  const broken = invariants.filter(({ holds }) => !holds);
  expect(broken.map((each) => each.name)).toEqual([expect.stringMatching(name)]);
});

it('allows things that were taken out to be listed nowhere', async () => {
  const listings = new Map([['fw', [listed('t0', 'SUCCEEDED'), listed('t1', 'FAILED')]]]);
  const collector = collectorOf(balanced, 'SUCCEEDED');

  const invariants = checkInvariants(collector, [await watchOf(1, 1, 3)], listings, nameOf, false);

  expect(invariants.filter(({ holds }) => !holds)).toEqual([]);
});

it('says of a job that could not be listed that it was not checked, and counts none of its words', async () => {
  const collector = collectorOf(balanced, 'SUCCEEDED');

  const invariants = checkInvariants(collector, [await watchOf(1, 1, 2)], new Map(), nameOf, true);

  expect(invariants.filter(({ holds }) => !holds)).toEqual([]);
  expect(
    invariants.filter(({ checked }) => !checked).map(({ name, detail }) => [name, detail]),
  ).toEqual([
    ['fw: released = terminal + pending', 'could not be checked: fw could not be listed'],
    [
      'final words acknowledged to devices = statuses held by the service',
      '0 agree, 1 could not be compared (fw could not be listed)',
    ],
  ]);
});

it('counts words about executions that were taken out as not compared', async () => {
  const listings = new Map([['fw', [listed('t1', 'FAILED')]]]);
  const collector = collectorOf(balanced, 'SUCCEEDED');

  const invariants = checkInvariants(collector, [await watchOf(0, 1, 2)], listings, nameOf, false);

  expect(invariants.at(-1)?.detail).toBe(
    '0 agree, 1 could not be compared (the service holds them no longer)',
  );
});

it('where nobody but AWS counts, what lags behind is not checked, and not broken', async () => {
  const listings = new Map([['fw', [listed('t0', 'SUCCEEDED'), listed('t1', 'FAILED')]]]);
  const watches = [await watchOf(1, 0, 2, 'untold')];
  const collector = collectorOf(balanced, 'SUCCEEDED');

  const [counted] = checkInvariants(collector, watches, listings, nameOf, true);

  expect(counted).toMatchObject({ holds: true, checked: false });
  expect(counted?.detail).toMatch(/lags behind: FAILED: 0 counted, 1 listed/);
});
