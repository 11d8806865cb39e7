import type { Millis } from '../base/clock.ts';
import type {
  AbortConfig,
  PresignedUrlConfig,
  RetryConfig,
  RolloutConfig,
  TargetSelection,
  TimeoutConfig,
} from '../protocol/job-config.ts';
import { type Account, formatArn } from '../protocol/names.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import { nextRollouts, type SchedulingConfig } from '../protocol/schedule.ts';
import { type ExecutionStatus, isActive, type JobStatus } from '../protocol/status.ts';
import { compareText } from './directory.ts';
import { given } from './given.ts';
import { noJob } from './lookup.ts';
import { badToken, type PageRequest, takePage } from './paging.ts';
import type { EngineView, Group, Job, RateStep, Trip } from './state.ts';

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

export interface ListJobsFilter {
  readonly status?: string;
  readonly targetSelection?: string;
  readonly thingGroupName?: string;
  readonly thingGroupId?: string;
  readonly namespaceId?: string;
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
    view.jobs.sortedFrom((job) => compareJobs(job, cursor.value) > 0),
    page.limit,
    (job) => matchesJob(job, filter, group.value),
    (job) => jobSummary(view.account, job, group.value),
    (job) => `${job.createdAt}/${job.jobId}`,
  );
  return accepted({ jobs: items, ...rest });
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

function matchesJob(job: Job, filter: ListJobsFilter, group: Group | undefined): boolean {
  return (
    (filter.status === undefined || job.status === filter.status) &&
    (filter.targetSelection === undefined || job.targetSelection === filter.targetSelection) &&
    (filter.namespaceId === undefined || job.namespaceId === filter.namespaceId) &&
    (group === undefined || job.targetGroups.has(group.groupName))
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
