import {
  DescribeJobCommand,
  type IoTClient,
  type Job,
  type JobExecutionSummaryForJob,
  paginateListJobExecutionsForJob,
} from '@aws-sdk/client-iot';
import type { JobObservation } from '../emulator/observation.ts';
import { limits } from '../protocol/limits.ts';
import type { EmulatorAdmin } from './emulator-admin.ts';

/** One attempt of one thing, as the service listed it when the run ended. Times are simulated instants. */
export interface ListedExecution {
  readonly thingName: string;
  readonly executionNumber: number;
  readonly status: string;
  readonly queuedAt: number;
}

/** What the service told of one job, through AWS's own API and, on the emulator, beyond it. */
export class JobWatch {
  readonly jobId: string;
  /** The CreateJob request as it was sent. */
  readonly request: Readonly<Record<string, unknown>>;
  /** [simulated instant, things notified], one point a look. */
  readonly curve: [number, number][] = [];
  #job: Job | undefined;
  #observation: JobObservation | undefined;
  #isDeleted = false;
  #overSince: number | undefined;

  constructor(jobId: string, request: Readonly<Record<string, unknown>>) {
    this.jobId = jobId;
    this.request = request;
  }

  get job(): Job | undefined {
    return this.#job;
  }

  get observation(): JobObservation | undefined {
    return this.#observation;
  }

  get status(): string {
    return this.#isDeleted ? 'DELETED' : (this.#job?.status ?? 'NOT_CREATED');
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
    try {
      const answer = await iot.send(new DescribeJobCommand({ jobId: this.jobId }));
      this.#job = answer.job;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
      this.#isDeleted = this.#job !== undefined;
    }
    this.#observation = (await admin?.observeJob(this.jobId)) ?? this.#observation;
    const isOver = this.#isDeleted || this.status === 'COMPLETED' || this.status === 'CANCELED';
    if (isOver) this.#overSince ??= now;
    this.curve.push([now, this.#observation?.notified ?? sum(this.executions)]);
  }

  /** Every attempt the service knows, page by page. Empty for a job that is gone. */
  async list(iot: IoTClient): Promise<ListedExecution[]> {
    if (this.#isDeleted || this.#job === undefined) return [];
    const pages = paginateListJobExecutionsForJob(
      { client: iot, pageSize: limits.pageSizeMax },
      { jobId: this.jobId },
    );
    const listed: ListedExecution[] = [];
    for await (const page of pages) {
      for (const summary of page.executionSummaries ?? []) listed.push(listedOf(summary));
    }
    return listed;
  }
}

function listedOf({ thingArn, jobExecutionSummary }: JobExecutionSummaryForJob): ListedExecution {
  return {
    thingName: thingArn?.slice(thingArn.indexOf('/') + 1) ?? '',
    executionNumber: Number(jobExecutionSummary?.executionNumber ?? 0),
    status: jobExecutionSummary?.status ?? '',
    queuedAt: jobExecutionSummary?.queuedAt?.getTime() ?? 0,
  };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
