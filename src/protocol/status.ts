/** Job statuses (reference §1.1). */
export const jobStatuses = [
  'SCHEDULED',
  'IN_PROGRESS',
  'CANCELED',
  'COMPLETED',
  'DELETION_IN_PROGRESS',
] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** Whether a job may still start executions: those AWS calls active (reference §1.1). */
export function isActive(status: JobStatus): boolean {
  return status === 'SCHEDULED' || status === 'IN_PROGRESS';
}

/** Job execution statuses (reference §1.3). */
export const executionStatuses = [
  'QUEUED',
  'IN_PROGRESS',
  'SUCCEEDED',
  'FAILED',
  'REJECTED',
  'TIMED_OUT',
  'REMOVED',
  'CANCELED',
] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

/** The statuses a device may ask for; all others are the service's own. */
export const deviceStatuses = ['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'REJECTED'] as const;
export type DeviceStatus = (typeof deviceStatuses)[number];

/** Who causes a move of an execution. */
export type Mover =
  /** UpdateJobExecution */
  | 'update'
  /** StartNextPendingJobExecution */
  | 'start-next'
  /** CancelJobExecution, CancelJob, abort criteria, endBehavior */
  | 'cancel'
  /** any of these with force */
  | 'force-cancel'
  /** in-progress or step timer */
  | 'timer'
  /** the thing was deleted or left the target group */
  | 'removal';

/** Every legal move, and who may cause it (reference §1.3). What is not here is refused. */
const moves: Readonly<
  Partial<Record<ExecutionStatus, Readonly<Partial<Record<ExecutionStatus, readonly Mover[]>>>>>
> = {
  QUEUED: {
    IN_PROGRESS: ['update', 'start-next'],
    SUCCEEDED: ['update'],
    FAILED: ['update'],
    REJECTED: ['update'],
    CANCELED: ['cancel', 'force-cancel'],
    REMOVED: ['removal'],
  },
  IN_PROGRESS: {
    IN_PROGRESS: ['update'],
    SUCCEEDED: ['update'],
    FAILED: ['update'],
    REJECTED: ['update'],
    TIMED_OUT: ['timer'],
    CANCELED: ['force-cancel'],
    REMOVED: ['removal'],
  },
};

export function mayMove(from: ExecutionStatus, to: ExecutionStatus, by: Mover): boolean {
  return moves[from]?.[to]?.includes(by) ?? false;
}

export function isTerminal(status: ExecutionStatus): boolean {
  return moves[status] === undefined;
}

export function isDeviceStatus(status: string): status is DeviceStatus {
  return (deviceStatuses as readonly string[]).includes(status);
}

/** Those a certificate can be given; the others of AWS's model are of transfers, which are not modelled. */
export const certificateStatuses = ['ACTIVE', 'INACTIVE', 'REVOKED'] as const;
export type CertificateStatus = (typeof certificateStatuses)[number];
