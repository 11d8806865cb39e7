import { expect, it } from 'vitest';
import { looksOfListing, progressSeries, withTargets } from '../../../src/run/job-progress.ts';
import type { ListedExecution } from '../../../src/run/job-watch.ts';

function listedOf(overrides: Partial<ListedExecution>): ListedExecution {
  return {
    thingName: 'a',
    executionNumber: 1,
    status: 'QUEUED',
    queuedAt: 1000,
    startedAt: undefined,
    updatedAt: 1000,
    ...overrides,
  };
}

const succeeded = listedOf({ status: 'SUCCEEDED', startedAt: 2000, updatedAt: 5000 });

it('follows each execution through its statuses', () => {
  const canceled = listedOf({
    thingName: 'b',
    queuedAt: 1500,
    status: 'CANCELED',
    updatedAt: 5000,
  });

  const { columns, rows } = progressSeries(looksOfListing([canceled, succeeded]), 1000);

  expect(columns).toEqual([
    't',
    'notified',
    'queued',
    'inProgress',
    'succeeded',
    'failed',
    'rejected',
    'timedOut',
    'removed',
    'canceled',
  ]);
  expect(rows).toEqual([
    [0, 1, 1, 0, 0, 0, 0, 0, 0, 0],
    [0.5, 2, 2, 0, 0, 0, 0, 0, 0, 0],
    [1, 2, 1, 1, 0, 0, 0, 0, 0, 0],
    [4, 2, 0, 0, 1, 0, 0, 0, 0, 1],
  ]);
});

it('tells the things targeted by then, where looks at the job tell them', () => {
  const listed = ['a', 'b', 'c'].map((thingName, index) =>
    listedOf({ thingName, queuedAt: 1000 + 1000 * index }),
  );
  const watched = [
    { at: 1500, targeted: 1 },
    { at: 2900, targeted: 2 },
    { at: 5000, targeted: 9 },
  ];

  const { columns, rows } = progressSeries(withTargets(looksOfListing(listed), watched), 0);

  expect(columns.at(-1)).toBe('targeted');
  expect(rows.map((row) => [row[0], row[1], row.at(-1)])).toEqual([
    [1, 1, 1],
    [2, 2, 2],
    [3, 3, 3],
  ]);
});

it('counts a retry as an execution, and its thing as notified once', () => {
  const failed = listedOf({ status: 'FAILED', startedAt: 2000, updatedAt: 3000 });
  const retry = listedOf({
    executionNumber: 2,
    status: 'IN_PROGRESS',
    queuedAt: 3000,
    startedAt: 3100,
    updatedAt: 3100,
  });

  const last = looksOfListing([retry, failed]).at(-1);

  expect(last).toMatchObject({ at: 3100, notified: 1, executions: { FAILED: 1, IN_PROGRESS: 1 } });
});

it('thins a large listing and still ends with the final counts', () => {
  const many = Array.from({ length: 5000 }, (_, index) => ({
    ...succeeded,
    thingName: `t${index}`,
    queuedAt: 1000 + index,
    startedAt: 1500 + index,
    updatedAt: 4000 + 2 * index,
  }));

  const looks = looksOfListing(many);

  expect(looks.length).toBeLessThanOrEqual(601);
  expect(looks.at(-1)?.executions).toEqual({ QUEUED: 0, IN_PROGRESS: 0, SUCCEEDED: 5000 });
  expect(looks.at(-1)?.notified).toBe(5000);
});

it('keeps what happens in bursts', () => {
  // Twenty things a minute, all at one instant.
  const bursts = Array.from({ length: 3000 }, (_, index) => {
    const minute = Math.floor(index / 20);
    return listedOf({
      thingName: `t${index}`,
      status: 'TIMED_OUT',
      queuedAt: minute * 60_000,
      startedAt: minute * 60_000 + 1000,
      updatedAt: minute * 60_000 + 30_000,
    });
  });

  const looks = looksOfListing(bursts);

  expect(looks.length).toBeGreaterThan(300);
  expect(looks.length).toBeLessThanOrEqual(601);
  expect(looks[0]).toMatchObject({ at: 0, notified: 20 });
  const gaps = looks.slice(1).map(({ at }, index) => at - (looks[index]?.at ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(60_000);
});
