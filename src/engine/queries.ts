import type { Millis } from '../base/clock.ts';
import type {
  AbortConfig,
  PresignedUrlConfig,
  RetryConfig,
  RolloutConfig,
  TargetSelection,
  TimeoutConfig,
} from '../protocol/job-config.ts';
import type {
  DescribeRequest,
  ExecutionResponse,
  PendingLists,
  StatusDetails,
} from '../protocol/messages.ts';
import { type Account, formatArn } from '../protocol/names.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import { nextRollouts, type SchedulingConfig } from '../protocol/schedule.ts';
import { type ExecutionStatus, isActive, isTerminal, type JobStatus } from '../protocol/status.ts';
import { compareText } from './directory.ts';
import { badToken, type PageRequest, readOrder, sortedAfter, takePage } from './paging.ts';
import {
  nextIn,
  pendingIn,
  renderDeviceExecution,
  secondsBeforeTimedOut,
  shownPending,
  visiblePending,
} from './render.ts';
import type { EngineView, Execution, Group, Job, RateStep, Trip } from './state.ts';

// Devices: whole seconds, as on the wire (reference §6.4)

/** GetPendingJobExecutions: of jobs without namespace (reference §6.1). */
export function getPending(view: EngineView, thingName: string): Reply<PendingLists> {
  if (!view.things.has(thingName)) return noThing(thingName);
  const pending = visiblePending(view.worklists.get(thingName));
  const { inProgress, queued } = shownPending(pendingIn(pending, undefined));
  return accepted({ inProgressJobs: inProgress, queuedJobs: queued });
}

/**
 * DescribeJobExecution of the data plane; `$next` stands for the first pending execution. A namespace
 * is that of the topic the request came by.
 */
export function describeExecution(
  view: EngineView,
  thingName: string,
  jobId: string,
  request: DescribeRequest,
  now: Millis,
  namespaceId?: string,
): Reply<ExecutionResponse> {
  if (!view.things.has(thingName)) return noThing(thingName);
  const withDocument = request.includeJobDocument ?? true;
  if (jobId === '$next') {
    const pending = visiblePending(view.worklists.get(thingName));
    const next = nextIn(pending, namespaceId, view.dialect);
    if (next === undefined) return accepted({});
    return accepted({ execution: renderDeviceExecution(next, withDocument, now) });
  }
  const execution = findExecution(view, thingName, jobId, request.executionNumber);
  if (!isInNamespace(execution, namespaceId)) {
    return noExecution(thingName, jobId, request.executionNumber);
  }
  if (isTerminal(execution.status) && view.dialect.terminalDescribe === 'TerminalStateReached') {
    return rejected('TerminalStateReached', `The execution is ${execution.status}.`);
  }
  return accepted({ execution: renderDeviceExecution(execution, withDocument, now) });
}

// Control plane: AWS's output shapes, all times in milliseconds

export interface JobDescription {
  readonly jobArn: string;
  readonly jobId: string;
  readonly targetSelection: TargetSelection;
  readonly status: JobStatus;
  readonly forceCanceled?: boolean;
  readonly reasonCode?: string;
  readonly comment?: string;
  readonly targets: readonly string[];
  readonly description?: string;
  readonly presignedUrlConfig: PresignedUrlConfig;
  readonly jobExecutionsRolloutConfig: RolloutConfig;
  readonly abortConfig?: AbortConfig;
  readonly createdAt: Millis;
  readonly lastUpdatedAt: Millis;
  readonly completedAt?: Millis;
  readonly jobProcessDetails: JobProcessDetails;
  readonly timeoutConfig: TimeoutConfig;
  readonly namespaceId?: string;
  readonly jobExecutionsRetryConfig?: RetryConfig;
  readonly isConcurrent: boolean;
  readonly schedulingConfig?: SchedulingConfig;
  readonly scheduledJobRollouts?: readonly { readonly startTime: string }[];
  readonly jobTemplateArn?: string;
  readonly documentParameters?: Readonly<Record<string, string>>;
  readonly destinationPackageVersions?: readonly string[];
}

interface JobProcessDetails {
  readonly processingTargets?: readonly string[];
  readonly numberOfCanceledThings: number;
  readonly numberOfSucceededThings: number;
  readonly numberOfFailedThings: number;
  readonly numberOfRejectedThings: number;
  readonly numberOfQueuedThings: number;
  readonly numberOfInProgressThings: number;
  readonly numberOfRemovedThings: number;
  readonly numberOfTimedOutThings: number;
}

export interface JobSummary {
  readonly jobArn: string;
  readonly jobId: string;
  readonly thingGroupId?: string;
  readonly targetSelection: TargetSelection;
  readonly status: JobStatus;
  readonly createdAt: Millis;
  readonly lastUpdatedAt: Millis;
  readonly completedAt?: Millis;
  readonly isConcurrent: boolean;
}

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

export interface ListJobsFilter {
  readonly status?: string;
  readonly targetSelection?: string;
  readonly thingGroupName?: string;
  readonly thingGroupId?: string;
  readonly namespaceId?: string;
}

export interface ListExecutionsFilter {
  readonly status?: string;
  readonly namespaceId?: string;
  /** Of ListJobExecutionsForThing only. */
  readonly jobId?: string;
}

/** The times of rollouts to come are told from `now` on. */
export function describeJob(
  view: EngineView,
  jobId: string,
  now: Millis,
): Reply<{ readonly documentSource?: string; readonly job: JobDescription }> {
  const job = view.jobs.get(jobId);
  if (job === undefined) return noJob(jobId);
  const { settings } = job;
  return accepted({
    ...given('documentSource', job.documentSource),
    job: {
      jobArn: formatArn(view.account, 'job', jobId),
      jobId,
      targetSelection: job.targetSelection,
      status: job.status,
      ...(job.forceCanceled ? { forceCanceled: true } : {}),
      ...given('reasonCode', job.reasonCode),
      ...given('comment', job.comment),
      targets: job.targets,
      ...given('description', settings.description),
      presignedUrlConfig: settings.presignedUrlConfig ?? {},
      jobExecutionsRolloutConfig: settings.jobExecutionsRolloutConfig ?? {},
      ...given('abortConfig', settings.abortConfig),
      createdAt: job.createdAt,
      lastUpdatedAt: job.lastUpdatedAt,
      ...given('completedAt', job.completedAt),
      jobProcessDetails: processDetails(job),
      timeoutConfig: settings.timeoutConfig ?? {},
      ...given('namespaceId', job.namespaceId),
      ...given('jobExecutionsRetryConfig', settings.jobExecutionsRetryConfig),
      isConcurrent: isConcurrent(job),
      ...given('schedulingConfig', job.schedulingConfig),
      ...given('scheduledJobRollouts', scheduledRollouts(job, now)),
      ...given('jobTemplateArn', job.jobTemplateArn),
      ...given('documentParameters', job.documentParameters),
      ...given('destinationPackageVersions', job.destinationPackageVersions),
    },
  });
}

/** The text exactly as it was submitted, with its document parameters unless asked otherwise (reference §8.3). */
export function getJobDocument(
  view: EngineView,
  jobId: string,
  beforeSubstitution = false,
): Reply<{ readonly document: string }> {
  const job = view.jobs.get(jobId);
  if (job === undefined) return noJob(jobId);
  const { documentText, documentBefore = documentText } = job;
  return accepted({ document: beforeSubstitution ? documentBefore : documentText });
}

/** ListJobs: latest first; jobs created in the same millisecond by jobId. */
export function listJobs(
  view: EngineView,
  filter: ListJobsFilter,
  page: PageRequest,
): Reply<{ readonly jobs: readonly JobSummary[]; readonly nextToken?: string }> {
  const group = findFilterGroup(view, filter);
  if (!group.ok) return group;
  const cursor = readJobCursor(page.after);
  if (!cursor.ok) return cursor;
  const { items, ...rest } = takePage(
    sortedAfter(view.jobs.sorted(), (job) => compareJobs(job, cursor.value) > 0),
    page.limit,
    (job) => matchesJob(job, filter, group.value),
    (job) => jobSummary(view.account, job, group.value),
    (job) => `${job.createdAt}/${job.jobId}`,
  );
  return accepted({ jobs: items, ...rest });
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
    job.executions.after(after.value),
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
  const latestFirst = (view.worklists.get(thingName)?.executions ?? []).toReversed();
  const { items, ...rest } = takePage(
    sortedAfter(latestFirst, ({ order }) => page.after === undefined || order < after.value),
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

/** What the engine knows of a job and AWS does not tell. */
export interface JobObservation {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly createdAt: Millis;
  readonly completedAt?: Millis;
  /** Things the job is for, released or not. */
  readonly targeted: number;
  /** Executions the rollout or a join created; retries not counted. */
  readonly notified: number;
  /** Executions by status, retries included, as DescribeJob counts them. */
  readonly executions: Readonly<Record<ExecutionStatus, number>>;
  /** Every change of the rollout rate. */
  readonly rateSteps: readonly RateStep[];
  readonly trip?: Trip;
}

export function observeJob(view: EngineView, jobId: string): Reply<JobObservation> {
  const job = view.jobs.get(jobId);
  if (job === undefined) return noJob(jobId);
  return accepted({
    jobId,
    status: job.status,
    createdAt: job.createdAt,
    ...given('completedAt', job.completedAt),
    targeted: job.rollout.targeted,
    notified: job.rollout.notified,
    executions: { ...job.counts },
    rateSteps: [...job.rollout.steps],
    ...given('trip', job.trip),
  });
}

// Shared with the commands

/** The attempt with that number, or the latest one. */
export function findExecution<
  E extends { readonly executionNumber: number; readonly previous: E | undefined },
>(
  view: { readonly jobs: ReadonlyMap<string, { readonly latest: ReadonlyMap<string, E> }> },
  thingName: string,
  jobId: string,
  executionNumber: number | undefined,
): E | undefined {
  let execution = view.jobs.get(jobId)?.latest.get(thingName);
  while (
    execution !== undefined &&
    executionNumber !== undefined &&
    execution.executionNumber !== executionNumber
  ) {
    execution = execution.previous;
  }
  return execution;
}

/** Whether there is an execution and, where a namespace is given, its job is in it. */
export function isInNamespace<E extends Execution>(
  execution: E | undefined,
  namespaceId: string | undefined,
): execution is E {
  if (execution === undefined) return false;
  return namespaceId === undefined || execution.job.namespaceId === namespaceId;
}

/** Reference §1.1: while it creates executions or cancels them. */
function isConcurrent(job: Job): boolean {
  return job.sweep !== undefined || job.rollout.isRunning;
}

/** The openings to come, of a job with maintenance windows that has not ended. */
function scheduledRollouts({ schedule, status }: Job, now: Millis) {
  if (schedule === undefined || schedule.windows.length === 0) return undefined;
  return isActive(status) ? nextRollouts(schedule, now) : undefined;
}

/** The order of ListJobs: by createdAt, latest first, then by jobId. */
export function compareJobs(
  a: Pick<Job, 'createdAt' | 'jobId'>,
  b: Pick<Job, 'createdAt' | 'jobId'>,
): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  return compareText(a.jobId, b.jobId);
}

export function noThing(thingName: string) {
  return rejected('ResourceNotFound', `Thing ${thingName} not found.`);
}

export function noJob(jobId: string) {
  return rejected('ResourceNotFound', `Job ${jobId} not found.`);
}

export function noExecution(thingName: string, jobId: string, executionNumber?: number) {
  const which = executionNumber === undefined ? '' : ` with execution number ${executionNumber}`;
  return rejected(
    'ResourceNotFound',
    `Job execution not found for job ${jobId} and thing ${thingName}${which}.`,
  );
}

function processDetails(job: Job): JobProcessDetails {
  const { counts } = job;
  const isRollingOut = job.status === 'IN_PROGRESS' && job.rollout.waiting.size > 0;
  return {
    ...(isRollingOut ? { processingTargets: job.targets } : {}),
    numberOfCanceledThings: counts.CANCELED,
    numberOfSucceededThings: counts.SUCCEEDED,
    numberOfFailedThings: counts.FAILED,
    numberOfRejectedThings: counts.REJECTED,
    numberOfQueuedThings: counts.QUEUED,
    numberOfInProgressThings: counts.IN_PROGRESS,
    numberOfRemovedThings: counts.REMOVED,
    numberOfTimedOutThings: counts.TIMED_OUT,
  };
}

function jobSummary(account: Account, job: Job, group: Group | undefined): JobSummary {
  return {
    jobArn: formatArn(account, 'job', job.jobId),
    jobId: job.jobId,
    ...given('thingGroupId', group?.groupId),
    targetSelection: job.targetSelection,
    status: job.status,
    createdAt: job.createdAt,
    lastUpdatedAt: job.lastUpdatedAt,
    ...given('completedAt', job.completedAt),
    isConcurrent: isConcurrent(job),
  };
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

function matchesJob(job: Job, filter: ListJobsFilter, group: Group | undefined): boolean {
  return (
    (filter.status === undefined || job.status === filter.status) &&
    (filter.targetSelection === undefined || job.targetSelection === filter.targetSelection) &&
    (filter.namespaceId === undefined || job.namespaceId === filter.namespaceId) &&
    (group === undefined || job.targetGroups.has(group.groupName))
  );
}

function matchesExecution(execution: Execution, filter: ListExecutionsFilter): boolean {
  return (
    (filter.status === undefined || execution.status === filter.status) &&
    (filter.jobId === undefined || execution.job.jobId === filter.jobId) &&
    (filter.namespaceId === undefined || execution.job.namespaceId === filter.namespaceId)
  );
}

/** The group of ListJobs' two group filters, which must agree. */
function findFilterGroup(view: EngineView, filter: ListJobsFilter): Reply<Group | undefined> {
  const { thingGroupName, thingGroupId } = filter;
  if (thingGroupName === undefined && thingGroupId === undefined) return accepted(undefined);
  const group =
    thingGroupName === undefined
      ? view.groups.sorted().find(({ groupId }) => groupId === thingGroupId)
      : view.groups.get(thingGroupName);
  if (group === undefined) {
    return rejected('ResourceNotFound', `Thing group ${thingGroupName ?? thingGroupId} not found.`);
  }
  if (thingGroupId !== undefined && group.groupId !== thingGroupId) {
    return rejected('InvalidRequest', 'thingGroupName and thingGroupId name different groups.');
  }
  return accepted(group);
}

function readJobCursor(after: string | undefined): Reply<Pick<Job, 'createdAt' | 'jobId'>> {
  if (after === undefined) return accepted({ createdAt: Number.POSITIVE_INFINITY, jobId: '' });
  const [, createdAt, jobId] = /^(\d+(?:\.\d+)?)\/([\w-]+)$/.exec(after) ?? [];
  if (createdAt === undefined || jobId === undefined) return badToken();
  return accepted({ createdAt: Number(createdAt), jobId });
}

/** `{ [name]: value }`, or nothing when there is no value: the wire omits what is unset. */
function given<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]?: V });
}
