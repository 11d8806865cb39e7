import type { TargetSelection } from './job-config.ts';
import type { StatusDetails } from './messages.ts';
import type { ExecutionStatus } from './status.ts';

/** What UpdateEventConfigurations can switch (reference §7.6). */
export const eventTypes = [
  'THING',
  'THING_GROUP',
  'THING_TYPE',
  'THING_GROUP_MEMBERSHIP',
  'THING_GROUP_HIERARCHY',
  'THING_TYPE_ASSOCIATION',
  'JOB',
  'JOB_EXECUTION',
  'POLICY',
  'CERTIFICATE',
  'CA_CERTIFICATE',
] as const;
export type EventType = (typeof eventTypes)[number];

export type JobEventOperation =
  | 'completed'
  | 'canceled'
  | 'deleted'
  | 'cancellation_in_progress'
  | 'deletion_in_progress';

export type ExecutionEventOperation =
  | 'succeeded'
  | 'failed'
  | 'rejected'
  | 'canceled'
  | 'timed_out'
  | 'removed'
  | 'deleted';

/** Six counters, by the reference's union of the guide's examples (§6.8). */
export interface EventProcessDetails {
  readonly numberOfCanceledThings: number;
  readonly numberOfRejectedThings: number;
  readonly numberOfFailedThings: number;
  readonly numberOfRemovedThings: number;
  readonly numberOfSucceededThings: number;
  readonly numberOfTimedOutThings: number;
}

/** `$aws/events/job/<jobId>/<operation>`. `timestamp` in seconds, the other times by the dialect. */
export interface JobEvent {
  readonly eventType: 'JOB';
  readonly eventId: string;
  readonly timestamp: number;
  readonly operation: JobEventOperation;
  readonly jobId: string;
  readonly status: string;
  readonly targetSelection: TargetSelection;
  readonly targets: readonly string[];
  readonly description?: string;
  readonly completedAt?: number;
  readonly createdAt: number;
  readonly lastUpdatedAt: number;
  readonly comment?: string;
  readonly forceCanceled?: boolean;
  readonly jobProcessDetails?: EventProcessDetails;
}

/** `$aws/events/jobExecution/<jobId>/<operation>`. */
export interface ExecutionEvent {
  readonly eventType: 'JOB_EXECUTION';
  readonly eventId: string;
  readonly timestamp: number;
  readonly operation: ExecutionEventOperation;
  readonly jobId: string;
  readonly thingArn: string;
  readonly status: ExecutionStatus;
  readonly statusDetails?: StatusDetails;
}

export function eventTopic(event: JobEvent | ExecutionEvent): string {
  const level = event.eventType === 'JOB' ? 'job' : 'jobExecution';
  return `$aws/events/${level}/${event.jobId}/${event.operation}`;
}
