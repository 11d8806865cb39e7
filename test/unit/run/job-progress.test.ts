import { expect, it } from 'vitest';
import { looksOfListing, progressSeries } from '../../../src/run/job-progress.ts';
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
