import type { AbortFailureType } from '../protocol/job-config.ts';
import type { ExecutionStatus, JobStatus } from '../protocol/status.ts';

/** `GET /_fleetrig/jobs/<jobId>`: what the engine knows and AWS does not tell. Times in simulated ms. */
export interface JobObservation {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly createdAt: number;
  readonly completedAt?: number;
  /** Things the job is for, released or not. */
  readonly targeted: number;
  /** Executions the rollout or a join created; retries not counted. */
  readonly notified: number;
  /** Executions by status, retries included, as DescribeJob counts them. */
  readonly executions: Readonly<Record<ExecutionStatus, number>>;
  /** Every change of the rollout rate. */
  readonly rateSteps: readonly { readonly at: number; readonly ratePerMinute: number }[];
  readonly trip?: {
    readonly criterion: number;
    readonly failureType: AbortFailureType;
    readonly at: number;
    /** E and the numerator of reference §3 at the moment it tripped. */
    readonly executed: number;
    readonly failed: number;
    readonly notified: number;
    readonly inProgress: number;
  };
}
