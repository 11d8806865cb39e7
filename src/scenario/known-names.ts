import type { KnownNames } from '../metrics/catalog.ts';
import type { AbortFailureType } from '../protocol/job-config.ts';
import type { DeviceRejectionCode } from '../protocol/rejections.ts';
import { deviceStatuses, executionStatuses, jobStatuses } from '../protocol/status.ts';

const failureTypes: Readonly<Record<AbortFailureType, true>> = {
  FAILED: true,
  REJECTED: true,
  TIMED_OUT: true,
  ALL: true,
};

const rejectionCodes: Readonly<Record<DeviceRejectionCode, true>> = {
  InvalidTopic: true,
  InvalidJson: true,
  InvalidRequest: true,
  InvalidStateTransition: true,
  ResourceNotFound: true,
  VersionMismatch: true,
  InternalError: true,
  RequestThrottled: true,
  TerminalStateReached: true,
};

/** What `expect` may name in a scenario with these jobs and cohorts. */
export function knownNames(jobIds: readonly string[], cohorts: readonly string[]): KnownNames {
  return {
    job: jobIds,
    cohort: cohorts,
    executionStatus: executionStatuses,
    reportedStatus: [...deviceStatuses, 'NONE'],
    jobStatus: [...jobStatuses, 'NOT_CREATED', 'DELETED'],
    failureType: Object.keys(failureTypes),
    errorCode: [...Object.keys(rejectionCodes), 'LOST'],
  };
}
