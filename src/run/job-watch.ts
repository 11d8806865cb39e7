import {
  DescribeJobCommand,
  type IoTClient,
  type Job,
  type JobExecutionSummaryForJob,
  paginateListJobExecutionsForJob,
} from '@aws-sdk/client-iot';
import { plainNames, type WireNames } from '../cloud/wire-names.ts';
import type { JobObservation } from '../emulator/observation.ts';
import type { AbortConfig, AbortCriterion } from '../protocol/job-config.ts';
import { limits } from '../protocol/limits.ts';
import { type AbortReading, defaultAbortReading } from './abort-reading.ts';
import type { EmulatorAdmin } from './emulator-admin.ts';
import type { ServiceEvent } from './service-event.ts';
import { ServiceEvents, type ToldByEvents } from './service-events.ts';
import { Thinned } from './thinned.ts';

/** One attempt of one thing, as the service listed it when the run ended. Times are simulated instants. */
export interface ListedExecution {
  readonly thingName: string;
  readonly executionNumber: number;
  readonly status: string;
  readonly queuedAt: number;
  readonly startedAt: number | undefined;
  readonly updatedAt: number;
}

/** How far a job was at one simulated instant. */
export interface JobLook {
  readonly at: number;
  readonly notified: number;
  /** Absent where the service does not tell. */
  readonly targeted?: number;
  /** By status, retries counted. */
  readonly executions: Readonly<Record<string, number>>;
}

/** What a report needs to know of one job, whoever has observed it. Times are simulated instants. */
export interface ObservedJob {
  readonly jobId: string;
  /** The CreateJob request as it was sent. */
  readonly request: Readonly<Record<string, unknown>>;
  /** NOT_CREATED or DELETED when there is none. */
  readonly status: string;
  /** Whether the service ever told of it. */
  readonly isKnown: boolean;
  /** By status, retries counted. */
  readonly executions: Readonly<Record<string, number>>;
  readonly observation: JobObservation | undefined;
  readonly jobArn: string | undefined;
  readonly reasonCode: string | undefined;
  readonly comment: string | undefined;
  readonly createdAt: number | undefined;
  /** When it was over; undefined while it is not. */
  readonly endedAt: number | undefined;
  /** Those in force now: UpdateJob may have replaced the ones it was created with. */
  readonly abortCriteria: readonly AbortCriterion[];
  readonly abortReading: AbortReading;
  /** How far it was, look by look; empty where nobody looked. */
  readonly looks: readonly JobLook[];
  /** When the service says it cancelled it, whoever had asked for that. */
  readonly canceledAt?: number | undefined;
  /** Whether it was the run that asked. */
  readonly isCanceledByRun?: boolean;
  /** What the service told on its own accord; undefined where nobody listened. */
  readonly events?: ToldByEvents | undefined;
}

export interface WatchOptions {
  readonly names?: WireNames;
  readonly abortReading?: AbortReading;
}

/**
 * What the service told of one job, through AWS's own API and, on the emulator, beyond it. Of a job that
 * is being deleted it keeps what was told before: the service takes the executions away one by one.
 */
export class JobWatch implements ObservedJob {
  readonly jobId: string;
  /** The CreateJob request as it was sent. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly abortReading: AbortReading;
  readonly #names: WireNames;
  #job: Job | undefined;
  #observation: JobObservation | undefined;
  #isDeleted = false;
  #canceledAt: number | undefined;
  #isCanceledByRun = false;
  #events: ServiceEvents | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #deletedAt: number | undefined;
  #overSince: number | undefined;
  #toldStatus: string;
  readonly #looks = new Thinned<JobLook>();

  constructor(
    jobId: string,
    request: Readonly<Record<string, unknown>>,
    { names = plainNames, abortReading = defaultAbortReading }: WatchOptions = {},
  ) {
    this.jobId = jobId;
    this.request = request;
    this.#names = names;
    this.abortReading = abortReading;
    this.#toldStatus = this.status;
  }

  get job(): Job | undefined {
    return this.#job;
  }

  get isKnown(): boolean {
    return this.#job !== undefined;
  }

  get jobArn(): string | undefined {
    return this.#job?.jobArn;
  }

  get reasonCode(): string | undefined {
    return this.#job?.reasonCode;
  }

  get comment(): string | undefined {
    return this.#job?.comment;
  }

  get createdAt(): number | undefined {
    return this.#observation?.createdAt ?? this.#job?.createdAt?.getTime();
  }

  get endedAt(): number | undefined {
    return (
      this.#observation?.completedAt ??
      this.#job?.completedAt?.getTime() ??
      this.events?.completedAt ??
      this.#observation?.trip?.at ??
      this.canceledAt ??
      this.#deletedAt ??
      this.#overSince
    );
  }

  get canceledAt(): number | undefined {
    const told = this.events?.canceledAt;
    const seen = this.#canceledAt;
    return told === undefined || seen === undefined ? (told ?? seen) : Math.min(told, seen);
  }

  get isCanceledByRun(): boolean {
    return this.#isCanceledByRun;
  }

  get events(): ToldByEvents | undefined {
    return this.#events?.read();
  }

  /** When a look at it began last; never is minus infinity, and what an event has made stale is, too. */
  get lookedAt(): number {
    return this.#lookedAt;
  }

  /** Whether `notified` counts things: without the emulator's help, retries are in it. */
  get isNotifiedKnown(): boolean {
    if (this.#observation !== undefined || !this.isKnown) return true;
    return this.request['jobExecutionsRetryConfig'] === undefined;
  }

  get observation(): JobObservation | undefined {
    return this.#observation;
  }

  get status(): string {
    return this.#isDeleted ? 'DELETED' : (this.#job?.status ?? 'NOT_CREATED');
  }

  get abortCriteria(): readonly AbortCriterion[] {
    const config = (this.#job?.abortConfig ?? this.request['abortConfig']) as
      | AbortConfig
      | undefined;
    return config?.criteriaList ?? [];
  }

  /** Executions by status, retries counted, from the last look. */
  get executions(): Readonly<Record<string, number>> {
    const details = this.#job?.jobProcessDetails;
    return {
      QUEUED: details?.numberOfQueuedThings ?? 0,
      IN_PROGRESS: details?.numberOfInProgressThings ?? 0,
      SUCCEEDED: details?.numberOfSucceededThings ?? 0,
      FAILED: details?.numberOfFailedThings ?? 0,
      REJECTED: details?.numberOfRejectedThings ?? 0,
      TIMED_OUT: details?.numberOfTimedOutThings ?? 0,
      REMOVED: details?.numberOfRemovedThings ?? 0,
      CANCELED: details?.numberOfCanceledThings ?? 0,
    };
  }

  get looks(): readonly JobLook[] {
    return this.#looks.rows();
  }

  get notified(): number {
    return this.#looks.last?.notified ?? 0;
  }

  /** Whether somebody has deleted it, be it that the service is still at it. */
  get isGone(): boolean {
    return this.#deletedAt !== undefined;
  }

  /** When the job was first seen over (completed, cancelled or gone), in simulated time. */
  get overSince(): number | undefined {
    return this.#overSince;
  }

  /** Whether devices still have executions of it to end. */
  get hasPending(): boolean {
    const { QUEUED = 0, IN_PROGRESS = 0 } = this.executions;
    return !this.#isDeleted && QUEUED + IN_PROGRESS > 0;
  }

  /** Looks once. A job that was there and is gone counts as deleted; others of its errors are thrown. */
  async look(iot: IoTClient, admin: EmulatorAdmin | undefined, now: number): Promise<void> {
    this.#lookedAt = now;
    try {
      const answer = await iot.send(new DescribeJobCommand({ jobId: this.#names.job(this.jobId) }));
      this.#describe(answer.job, now);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
      this.#isDeleted = this.#job !== undefined;
      if (this.#isDeleted) this.#deletedAt ??= now;
    }
    const observation = await admin?.observeJob(this.jobId);
    const isOver = this.#isDeleted || this.status === 'COMPLETED' || this.status === 'CANCELED';
    if (isOver) this.#overSince ??= now;
    if (this.isGone && this.#looks.last !== undefined) return;
    this.#observation = observation ?? this.#observation;
    const { executions } = this;
    const { notified = sum(executions), targeted } = this.#observation ?? {};
    this.#looks.push({
      at: now,
      notified,
      ...(targeted === undefined ? {} : { targeted }),
      executions,
    });
  }

  /** Events of it will be heard from now on. */
  listen(): void {
    this.#events ??= new ServiceEvents();
  }

  /** An event of it, in whatever order. What the job is now, the next look tells. False when it is old news. */
  hear(event: ServiceEvent): boolean {
    this.listen();
    const isNew = this.#events?.add(event) ?? false;
    if (isNew && event.kind === 'job') this.#lookedAt = Number.NEGATIVE_INFINITY;
    return isNew;
  }

  /** CancelJob was accepted. */
  noteCancellation(): void {
    this.#isCanceledByRun = true;
  }

  /** DeleteJob was accepted. */
  noteDeletion(at: number): void {
    this.#deletedAt ??= at;
  }

  /** Its status, if that is another one than when this was last asked; when it came about, if that is known. */
  takeChange(): { readonly status: string; readonly at: number | undefined } | undefined {
    const { status } = this;
    if (status === this.#toldStatus) return undefined;
    const isFirst = this.#toldStatus === 'NOT_CREATED';
    this.#toldStatus = status;
    if (status === 'COMPLETED' || status === 'CANCELED') return { status, at: this.endedAt };
    return { status, at: isFirst && !this.isGone ? this.createdAt : undefined };
  }

  /** Every attempt the service knows, page by page; undefined for a job that it has not, or not whole. */
  async list(iot: IoTClient): Promise<ListedExecution[] | undefined> {
    if (this.isGone || this.#job === undefined) return undefined;
    const pages = paginateListJobExecutionsForJob(
      { client: iot, pageSize: limits.pageSizeMax },
      { jobId: this.#names.job(this.jobId) },
    );
    const listed: ListedExecution[] = [];
    for await (const page of pages) {
      for (const summary of page.executionSummaries ?? []) {
        listed.push(listedOf(summary, this.#names));
      }
    }
    return listed;
  }

  #describe(job: Job | undefined, now: number): void {
    if (job?.status === 'DELETION_IN_PROGRESS') this.#deletedAt ??= now;
    if (job?.status === 'CANCELED') {
      // AWS tells no cancellation time; the job record changes then, and little afterwards.
      this.#canceledAt ??= job.lastUpdatedAt?.getTime();
    }
    const known = this.#job;
    this.#job = this.isGone && known !== undefined ? { ...known, status: job?.status } : job;
  }
}

function listedOf(
  { thingArn, jobExecutionSummary }: JobExecutionSummaryForJob,
  names: WireNames,
): ListedExecution {
  const queuedAt = jobExecutionSummary?.queuedAt?.getTime() ?? 0;
  return {
    thingName: names.plainThing(thingArn?.slice(thingArn.indexOf('/') + 1) ?? ''),
    executionNumber: Number(jobExecutionSummary?.executionNumber ?? 0),
    status: jobExecutionSummary?.status ?? '',
    queuedAt,
    startedAt: jobExecutionSummary?.startedAt?.getTime(),
    updatedAt: jobExecutionSummary?.lastUpdatedAt?.getTime() ?? queuedAt,
  };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
