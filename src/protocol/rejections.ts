import type { ExecutionStatus } from './status.ts';

/** Codes a device sees on `…/rejected` (reference §6.5). */
export const deviceRejectionCodes = [
  'InvalidTopic',
  'InvalidJson',
  'InvalidRequest',
  'InvalidStateTransition',
  'ResourceNotFound',
  'VersionMismatch',
  'InternalError',
  'RequestThrottled',
  'TerminalStateReached',
] as const;
export type DeviceRejectionCode = (typeof deviceRejectionCodes)[number];

export type RejectionCode =
  | DeviceRejectionCode
  | 'ResourceAlreadyExists'
  | 'LimitExceeded'
  | 'VersionConflict'
  | 'Conflict'
  | 'InvalidQuery'
  | 'MalformedPolicy'
  | 'DeleteConflict'
  | 'CertificateState'
  | 'CertificateValidation'
  | 'Unauthorized';

/** The execution as it stands, told with InvalidStateTransition and VersionMismatch only. */
export interface ExecutionState {
  readonly status: ExecutionStatus;
  readonly statusDetails?: Readonly<Record<string, string>>;
  readonly versionNumber: number;
}

/** The protocol said no. A value, never thrown. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly message: string;
  readonly executionState?: ExecutionState;
  readonly resourceId?: string;
  readonly resourceArn?: string;
}

export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly rejection: Rejection };

export function accepted<T>(value: T): Reply<T> {
  return { ok: true, value };
}

export function rejected(
  code: RejectionCode,
  message: string,
  extra: Omit<Rejection, 'code' | 'message'> = {},
): { readonly ok: false; readonly rejection: Rejection } {
  return { ok: false, rejection: { code, message, ...extra } };
}

/** An AWS exception on the wire (reference §0.4). */
export interface HttpError {
  readonly shape: string;
  readonly status: number;
}

const controlErrors: Readonly<Record<RejectionCode, HttpError>> = {
  InvalidTopic: { shape: 'InvalidRequestException', status: 400 },
  InvalidJson: { shape: 'InvalidRequestException', status: 400 },
  InvalidRequest: { shape: 'InvalidRequestException', status: 400 },
  InvalidStateTransition: { shape: 'InvalidStateTransitionException', status: 409 },
  ResourceNotFound: { shape: 'ResourceNotFoundException', status: 404 },
  VersionMismatch: { shape: 'VersionConflictException', status: 409 },
  InternalError: { shape: 'InternalFailureException', status: 500 },
  RequestThrottled: { shape: 'ThrottlingException', status: 400 },
  TerminalStateReached: { shape: 'InvalidStateTransitionException', status: 409 },
  ResourceAlreadyExists: { shape: 'ResourceAlreadyExistsException', status: 409 },
  LimitExceeded: { shape: 'LimitExceededException', status: 410 },
  VersionConflict: { shape: 'VersionConflictException', status: 409 },
  Conflict: { shape: 'ConflictException', status: 409 },
  InvalidQuery: { shape: 'InvalidQueryException', status: 400 },
  MalformedPolicy: { shape: 'MalformedPolicyException', status: 400 },
  DeleteConflict: { shape: 'DeleteConflictException', status: 409 },
  CertificateState: { shape: 'CertificateStateException', status: 406 },
  CertificateValidation: { shape: 'CertificateValidationException', status: 400 },
  Unauthorized: { shape: 'UnauthorizedException', status: 401 },
};

/** Where the data plane differs: §0.4, and §7.8 for expectedVersion (register C18). */
const dataErrors: Readonly<Partial<Record<RejectionCode, HttpError>>> = {
  VersionMismatch: { shape: 'InvalidStateTransitionException', status: 409 },
  RequestThrottled: { shape: 'ThrottlingException', status: 429 },
  TerminalStateReached: { shape: 'TerminalStateException', status: 410 },
  InternalError: { shape: 'ServiceUnavailableException', status: 503 },
};

export function httpError(code: RejectionCode, plane: 'control' | 'data'): HttpError {
  return (plane === 'data' ? dataErrors[code] : undefined) ?? controlErrors[code];
}
