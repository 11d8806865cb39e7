import type { Millis } from '../base/clock.ts';
import type { CreateJobRequest, JobSettings } from '../protocol/job-config.ts';
import { limits } from '../protocol/limits.ts';
import { findPlaceholderFault } from '../protocol/placeholders.ts';
import { accepted, type Rejection, type Reply, rejected } from '../protocol/rejections.ts';
import { findTimingViolations, isOpenAt, parseSchedule } from '../protocol/schedule.ts';
import { isActive } from '../protocol/status.ts';
import { violationMessage } from '../protocol/validation.ts';
import type { CommandOf, CommandResults, JobRef } from './commands.ts';
import { isAtConcurrencyLimit } from './concurrency.ts';
import { noExecutions } from './execution-counts.ts';
import { MutableExecutionLog } from './execution-log.ts';
import { cancelExecutions, cancelRunningJob, deleteJobRecords } from './job-end.ts';
import { completeIfDone } from './lifecycle.ts';
import { noJob } from './lookup.ts';
import { addWaiting, startRollout } from './release.ts';
import { RolloutPace } from './rollout.ts';
import { startSchedule } from './schedule.ts';
import { noTags, tagsFrom } from './tags.ts';
import { findMissingTarget, type ParsedTargets, parseTargets, resolveTargets } from './targets.ts';
import { writeOutTemplate } from './template-use.ts';
import { Waitlist } from './waitlist.ts';
import { type JobRecord, jobArn, type World } from './world.ts';

type Refusal = { readonly ok: false; readonly rejection: Rejection };

const settingNames = [
  'description',
  'presignedUrlConfig',
  'jobExecutionsRolloutConfig',
  'abortConfig',
  'timeoutConfig',
  'jobExecutionsRetryConfig',
] as const satisfies readonly (keyof JobSettings)[];

/**
 * The rollout begins at once or after the dialect's delay, in either case after the answer; that of a
 * scheduled job in its time. Targets are resolved now in any case (reference §1.2).
 */
export function createJob(
  world: World,
  command: CommandOf<'create-job'>,
  now: Millis,
): Reply<JobRef> {
  const writtenOut = writeOutTemplate(world, command.request);
  if (!writtenOut.ok) return writtenOut;
  const { request, documentBefore } = writtenOut.value;
  const fault = findRequestFault(request) ?? findTimingFault(world, request, now);
  if (fault !== undefined) return fault;
  const targets = parseTargets(world, request.targets);
  if (!targets.ok) return targets;
  const refusal = findCreateRefusal(world, request, targets.value);
  if (refusal !== undefined) return refusal;

  const job = newJob(world, request, targets.value, now);
  job.documentBefore = documentBefore;
  world.jobs.set(job.jobId, job);
  world.activeJobs.add(job);
  startSchedule(world, job, now);
  addWaiting(world, job, resolveTargets(world, targets.value));
  startRollout(world, job, world.dialect.firstReleaseDelayMs, now);
  if (world.dialect.emptySnapshot === 'completed') completeIfDone(world, job, now);
  return accepted(refOf(world, job));
}

/** Reference §7.1, UpdateJob: what is given replaces, what is absent stays. */
export function updateJob(
  world: World,
  { jobId, namespaceId, settings }: CommandOf<'update-job'>,
  now: Millis,
): Reply<undefined> {
  const job = findJob(world, jobId, namespaceId);
  if (job === undefined) return noJob(jobId);
  if (job.status === 'COMPLETED' && world.dialect.endedJobChange === 'accepted') {
    return accepted(undefined);
  }
  if (!isActive(job.status)) return endedJob(job);
  const retries = settings.jobExecutionsRetryConfig?.criteriaList ?? [];
  if (retries.some(({ numberOfRetries }) => numberOfRetries !== 0)) {
    return rejected('InvalidRequest', 'numberOfRetries can only be updated to 0.');
  }
  const config = settings.presignedUrlConfig;
  const fault = config && findPlaceholderFault(job.documentText, config);
  if (fault !== undefined) return rejected('InvalidRequest', fault);
  job.settings = { ...job.settings, ...pickSettings(settings) };
  const { jobExecutionsRolloutConfig } = settings;
  if (jobExecutionsRolloutConfig !== undefined) {
    // The next step goes by the new settings, at the level that the totals so far reach in them (§2).
    job.rollout.pace.raiseLevel(jobExecutionsRolloutConfig, job.rollout);
  }
  job.lastUpdatedAt = now;
  return accepted(undefined);
}

export function cancelJob(
  world: World,
  command: CommandOf<'cancel-job'>,
  now: Millis,
): Reply<JobRef> {
  const job = world.jobs.get(command.jobId);
  if (job === undefined) return noJob(command.jobId);
  const isNothingToDo = job.status === 'COMPLETED' && world.dialect.endedJobChange === 'accepted';
  if (isActive(job.status)) {
    cancelRunningJob(world, job, command, now);
  } else if (job.status === 'CANCELED') {
    // Again: only the step from a plain to a forced cancellation changes anything (reference §1.1).
    if (command.force && !job.forceCanceled) cancelExecutions(world, job, true, now);
  } else if (!isNothingToDo) {
    return endedJob(job);
  }
  return accepted(refOf(world, job));
}

export function deleteJob(
  world: World,
  { jobId, namespaceId, force }: CommandOf<'delete-job'>,
  now: Millis,
): Reply<undefined> {
  const job = findJob(world, jobId, namespaceId);
  if (job === undefined) return noJob(jobId);
  const hasEnded = job.status === 'COMPLETED' || job.status === 'CANCELED';
  if (job.status === 'DELETION_IN_PROGRESS' || !(hasEnded || force)) {
    return rejected('InvalidStateTransition', `Job ${jobId} is ${job.status}.`);
  }
  if (world.deletingJobs.size >= limits.deletionsInProgressMax) {
    return limitExceeded(`${limits.deletionsInProgressMax} jobs being deleted`);
  }
  deleteJobRecords(world, job, now);
  return accepted(undefined);
}

/** New members are released at the job's rate (reference §1.2). */
export function associateTargets(
  world: World,
  { jobId, namespaceId, targets, comment }: CommandOf<'associate-targets'>,
  now: Millis,
): Reply<CommandResults['associate-targets']> {
  const parsed = parseTargets(world, targets);
  if (!parsed.ok) return parsed;
  if (parsed.value.names.some(({ kind }) => kind !== 'thinggroup')) {
    return rejected('InvalidRequest', 'Only thing groups can be associated with a job.');
  }
  const job = findJob(world, jobId, namespaceId);
  if (job === undefined) return noJob(jobId);
  const missing = findMissingTarget(world, parsed.value);
  if (missing !== undefined) return missing;
  if (job.targetSelection !== 'CONTINUOUS' || job.status !== 'IN_PROGRESS') {
    return rejected('InvalidRequest', `Job ${jobId} is not a CONTINUOUS job in progress.`);
  }
  if (job.phase === 'over') {
    return rejected('InvalidRequest', `Job ${jobId} is past its endTime.`);
  }
  const all = [...new Set([...job.targets, ...targets])];
  if (all.length > limits.targetsPerJobMax) return tooManyTargets();

  job.targets = all;
  job.targetGroups = new Set([...job.targetGroups, ...namesOf(parsed.value, 'thinggroup')]);
  job.comment = comment ?? job.comment;
  job.lastUpdatedAt = now;
  addWaiting(world, job, resolveTargets(world, parsed.value));
  startRollout(world, job, 0, now);
  return accepted(refOf(world, job));
}

function findRequestFault(request: CreateJobRequest): Refusal | undefined {
  if (request.document === undefined) {
    return rejected('InvalidRequest', 'The job has no document.');
  }
  const placeholderFault = findPlaceholderFault(request.document, request.presignedUrlConfig);
  return placeholderFault === undefined ? undefined : rejected('InvalidRequest', placeholderFault);
}

/** The bounds that schedule times keep from now and from each other (reference §5). */
function findTimingFault(
  world: World,
  { schedulingConfig }: CreateJobRequest,
  now: Millis,
): Refusal | undefined {
  if (schedulingConfig === undefined) return undefined;
  const { schedulingMinLeadMinutes } = world.dialect;
  const violations = [...findTimingViolations(schedulingConfig, schedulingMinLeadMinutes, now)];
  return violations.length === 0
    ? undefined
    : rejected('InvalidRequest', violationMessage(violations));
}

/** A request that names a namespace finds only the jobs of it. */
function findJob(
  world: World,
  jobId: string,
  namespaceId: string | undefined,
): JobRecord | undefined {
  const job = world.jobs.get(jobId);
  return namespaceId === undefined || job?.namespaceId === namespaceId ? job : undefined;
}

/** Existence, then limits (reference §7, order of checks). */
function findCreateRefusal(
  world: World,
  { jobId, targets }: CreateJobRequest,
  parsed: ParsedTargets,
): Refusal | undefined {
  if (world.jobs.has(jobId)) {
    return rejected('ResourceAlreadyExists', `Job ${jobId} already exists.`, {
      resourceId: jobId,
      resourceArn: jobArn(world, jobId),
    });
  }
  const missing = findMissingTarget(world, parsed);
  if (missing !== undefined) return missing;
  if (targets.length > limits.targetsPerJobMax) return tooManyTargets();
  if (world.activeJobs.size >= limits.activeJobsMax) {
    return limitExceeded(`${limits.activeJobsMax} active jobs`);
  }
  if (isAtConcurrencyLimit(world)) {
    return limitExceeded(`${limits.concurrentJobsMax} concurrent jobs`);
  }
  return undefined;
}

function newJob(
  world: World,
  request: CreateJobRequest,
  targets: ParsedTargets,
  now: Millis,
): JobRecord {
  const documentText = request.document ?? '';
  const { schedulingConfig } = request;
  const schedule = schedulingConfig && parseSchedule(schedulingConfig);
  const isOpen = schedule === undefined || isOpenAt(schedule, now);
  return {
    jobId: request.jobId,
    targets: request.targets,
    targetThings: namesOf(targets, 'thing'),
    targetGroups: namesOf(targets, 'thinggroup'),
    targetSelection: request.targetSelection ?? 'SNAPSHOT',
    documentText,
    document: JSON.parse(documentText),
    documentSource: request.documentSource,
    documentBefore: undefined,
    documentParameters: request.documentParameters,
    jobTemplateArn: request.jobTemplateArn,
    tags: tagsFrom(noTags, request.tags),
    destinationPackageVersions: request.destinationPackageVersions,
    settings: pickSettings(request),
    namespaceId: request.namespaceId,
    schedulingConfig,
    schedule,
    phase: isOpen ? 'open' : 'before',
    endedInWindow: false,
    status: isOpen ? 'IN_PROGRESS' : 'SCHEDULED',
    forceCanceled: false,
    reasonCode: undefined,
    comment: undefined,
    createdAt: now,
    lastUpdatedAt: now,
    completedAt: undefined,
    counts: noExecutions(),
    executions: new MutableExecutionLog(),
    latest: new Map(),
    numbersUsed: new Map(),
    rollout: {
      targeted: 0,
      waiting: new Waitlist(),
      notified: 0,
      succeeded: 0,
      isRunning: false,
      steps: [],
      pace: new RolloutPace(world.dialect),
      next: undefined,
    },
    dueRetries: new Map(),
    sweep: undefined,
    sweepNext: undefined,
    scheduleNext: undefined,
    unveilNext: undefined,
    purge: undefined,
    trip: undefined,
  };
}

function pickSettings(settings: JobSettings): JobSettings {
  const given = settingNames.filter((name) => settings[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, settings[name]]));
}

function namesOf({ names }: ParsedTargets, kind: 'thing' | 'thinggroup'): Set<string> {
  return new Set(names.filter((target) => target.kind === kind).map(({ name }) => name));
}

function refOf(world: World, { jobId, settings: { description } }: JobRecord): JobRef {
  return {
    jobArn: jobArn(world, jobId),
    jobId,
    ...(description === undefined ? {} : { description }),
  };
}

function endedJob({ jobId, status }: JobRecord): Refusal {
  return rejected('InvalidRequest', `Job ${jobId} is ${status}.`);
}

function tooManyTargets(): Refusal {
  return limitExceeded(`${limits.targetsPerJobMax} targets per job`);
}

function limitExceeded(what: string): Refusal {
  return rejected('LimitExceeded', `The limit is ${what}.`);
}
