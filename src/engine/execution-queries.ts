import type { Millis } from '../base/clock.ts';
import type { StatusDetails } from '../protocol/messages.ts';
import { formatArn } from '../protocol/names.ts';
import { accepted, type Reply } from '../protocol/rejections.ts';
import { type ExecutionStatus, executionStatuses } from '../protocol/status.ts';
import { given } from './given.ts';
import { findExecution, noExecution, noJob, noThing } from './lookup.ts';
import { type PageRequest, readOrder, takePage } from './paging.ts';
import { secondsBeforeTimedOut } from './render.ts';
import { firstIndex } from './sorted-records.ts';
import type { EngineView, Execution, Job } from './state.ts';

export interface ExecutionDescription {
  readonly jobId: string;
  readonly status: ExecutionStatus;
  readonly forceCanceled?: boolean;
  readonly statusDetails?: { readonly detailsMap: StatusDetails };
  readonly thingArn: string;
  readonly queuedAt: Millis;
  readonly startedAt?: Millis;
  readonly lastUpdatedAt: Millis;
  readonly executionNumber: number;
  readonly versionNumber: number;
  readonly approximateSecondsBeforeTimedOut?: number;
}

export interface JobExecutionSummary {
  readonly status: ExecutionStatus;
  readonly queuedAt: Millis;
  readonly startedAt?: Millis;
  readonly lastUpdatedAt: Millis;
  readonly executionNumber: number;
  readonly retryAttempt?: number;
}

export interface ListExecutionsFilter {
  readonly status?: string;
  readonly namespaceId?: string;
  /** Of ListJobExecutionsForThing only. */
  readonly jobId?: string;
}

/** DescribeJobExecution of the control plane; `executionNumber` defaults to the latest. */
export function describeJobExecution(
  view: EngineView,
  thingName: string,
  jobId: string,
  executionNumber: number | undefined,
  now: Millis,
): Reply<{ readonly execution: ExecutionDescription }> {
  const execution = findExecution(view, thingName, jobId, executionNumber);
  if (execution === undefined) return noExecution(thingName, jobId, executionNumber);
  const { statusDetails } = execution;
  return accepted({
    execution: {
      jobId,
      status: execution.status,
      ...(execution.forceCanceled ? { forceCanceled: true } : {}),
      ...(statusDetails === undefined ? {} : { statusDetails: { detailsMap: statusDetails } }),
      thingArn: formatArn(view.account, 'thing', thingName),
      queuedAt: execution.queuedAt,
      ...given('startedAt', execution.startedAt),
      lastUpdatedAt: execution.lastUpdatedAt,
      executionNumber: execution.executionNumber,
      versionNumber: execution.versionNumber,
      ...given('approximateSecondsBeforeTimedOut', secondsBeforeTimedOut(execution, now)),
    },
  });
}

/** Every attempt is an entry of its own, in the order they were queued. */
export function listExecutionsForJob(
  view: EngineView,
  jobId: string,
  filter: ListExecutionsFilter,
  page: PageRequest,
): Reply<{
  readonly executionSummaries: readonly {
    readonly thingArn: string;
    readonly jobExecutionSummary: JobExecutionSummary;
  }[];
  readonly nextToken?: string;
}> {
  const job = view.jobs.get(jobId);
  if (job === undefined) return noJob(jobId);
  const after = readOrder(page.after);
  if (!after.ok) return after;
  const { items, ...rest } = takePage(
    executionsAfter(job, after.value, filter),
    page.limit,
    (execution) => matchesExecution(execution, filter),
    (execution) => ({
      thingArn: formatArn(view.account, 'thing', execution.worklist.thingName),
      jobExecutionSummary: executionSummary(execution),
    }),
    (execution) => String(execution.order),
  );
  return accepted({ executionSummaries: items, ...rest });
}

/** Latest queued first. */
export function listExecutionsForThing(
  view: EngineView,
  thingName: string,
  filter: ListExecutionsFilter,
  page: PageRequest,
): Reply<{
  readonly executionSummaries: readonly {
    readonly jobId: string;
    readonly jobExecutionSummary: JobExecutionSummary;
  }[];
  readonly nextToken?: string;
}> {
  if (!view.things.has(thingName)) return noThing(thingName);
  const after = readOrder(page.after);
  if (!after.ok) return after;
  const { executions = [] } = view.worklists.get(thingName) ?? {};
  const { items, ...rest } = takePage(
    latestBefore(executions, page.after === undefined ? Number.POSITIVE_INFINITY : after.value),
    page.limit,
    (execution) => matchesExecution(execution, filter),
    (execution) => ({
      jobId: execution.job.jobId,
      jobExecutionSummary: executionSummary(execution),
    }),
    (execution) => String(execution.order),
  );
  return accepted({ executionSummaries: items, ...rest });
}

/** A filter by status finds the few among the many. */
function executionsAfter({ executions }: Job, order: number, { status }: ListExecutionsFilter) {
  return executions.after(
    order,
    status === undefined ? undefined : executionStatuses.filter((each) => each === status),
  );
}

/** Those created before the one whose `order` is given, the latest first. */
function* latestBefore(executions: readonly Execution[], order: number): Generator<Execution> {
  const end = firstIndex(executions, (execution) => execution.order >= order);
  for (let index = end - 1; index >= 0; index--) {
    const execution = executions[index];
    if (execution !== undefined) yield execution;
  }
}

function executionSummary(execution: Execution): JobExecutionSummary {
  const retryAttempt = execution.spent.FAILED + execution.spent.TIMED_OUT;
  return {
    status: execution.status,
    queuedAt: execution.queuedAt,
    ...given('startedAt', execution.startedAt),
    lastUpdatedAt: execution.lastUpdatedAt,
    executionNumber: execution.executionNumber,
    ...(retryAttempt === 0 ? {} : { retryAttempt }),
  };
}

function matchesExecution(execution: Execution, filter: ListExecutionsFilter): boolean {
  return (
    (filter.status === undefined || execution.status === filter.status) &&
    (filter.jobId === undefined || execution.job.jobId === filter.jobId) &&
    (filter.namespaceId === undefined || execution.job.namespaceId === filter.namespaceId)
  );
}
