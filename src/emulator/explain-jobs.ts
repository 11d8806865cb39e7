import type { DeviceRejectionCode, Rejection, RejectionCode } from '../protocol/rejections.ts';
import type { Diagnosis } from './diagnosis.ts';
import { matchRoute, type Plane } from './http-route.ts';

const throttledNext =
  'Ask more slowly and retry with backoff and jitter, or start without --quotas.';

/** What a device does about each code on `…/rejected`. */
const deviceAdvice: Readonly<Record<DeviceRejectionCode, string>> = {
  InvalidTopic: 'Publish to …/jobs/get, start-next, <jobId>/get or <jobId>/update.',
  InvalidJson: 'Send one JSON object in UTF-8; no bytes stand for {}.',
  InvalidRequest:
    'Correct what the message names; every request needs its members spelled as AWS does.',
  InvalidStateTransition:
    'Look at executionState in the answer: a terminal execution stays as it is.',
  ResourceNotFound: 'Publish to …/jobs/get to see what is pending for the thing.',
  VersionMismatch:
    'Take versionNumber from executionState in the answer, or leave expectedVersion out.',
  InternalError: 'Retry; if it stays, report it with this line.',
  RequestThrottled: throttledNext,
  TerminalStateReached: 'Ask for $next instead: this execution is over.',
};

/** What a caller of the HTTP API does; where it differs from a device. */
const callerAdvice: Readonly<Partial<Record<RejectionCode, string>>> = {
  InvalidJson: 'Send one JSON object in UTF-8.',
  InvalidRequest: 'Correct what the message names.',
  InvalidStateTransition: 'Describe it first; some states need force.',
  ResourceNotFound: 'Create it first, and check name, region and account in ARNs.',
  ResourceAlreadyExists: 'Choose another name, or delete the old one and wait until it is gone.',
  LimitExceeded: 'Delete what is no longer needed.',
  DeleteConflict: 'Detach it everywhere first.',
  CertificateState: 'Set the certificate INACTIVE with UpdateCertificate first.',
  CertificateValidation: 'Give one X.509 certificate in PEM.',
  VersionConflict: 'Describe it again and use its current version.',
  TerminalStateReached: 'Ask for $next instead: this execution is over.',
  RequestThrottled: throttledNext,
};

/** A device's request that was rejected over MQTT. */
export function explainRejection(
  diagnosis: Diagnosis,
  clientId: string,
  topic: string,
  { code, message }: Rejection,
  unknownThing: string | undefined,
): void {
  const isUnknown = code === 'ResourceNotFound' && unknownThing !== undefined;
  diagnosis.explain({
    wire: 'mqtt',
    client: clientId,
    request: topic,
    outcome: `rejected ${code}`,
    why: message,
    next: isUnknown
      ? `Create the thing first: aws iot create-thing --thing-name ${unknownThing}.`
      : (deviceAdvice[code as DeviceRejectionCode] ?? ''),
  });
}

interface HttpFailure {
  readonly client?: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export function explainHttpRejection(
  diagnosis: Diagnosis,
  { client, method, path, status }: HttpFailure,
  { code, message }: Rejection,
): void {
  diagnosis.explain({
    wire: 'http',
    client,
    request: `${method} ${path}`,
    outcome: `${status} ${code}`,
    why: message,
    next:
      status === 501
        ? 'docs/coverage.md lists what is modelled.'
        : (callerAdvice[code] ?? 'Look up the code in AWS’s API reference.'),
  });
}

/** A request that maps to no operation of its plane. */
export function explainNoRoute(
  diagnosis: Diagnosis,
  { client, method, path, status }: HttpFailure,
  plane: Plane | undefined,
): void {
  const other = otherPlane(plane, method, path);
  diagnosis.explain({
    wire: 'http',
    client,
    request: `${method} ${path}`,
    outcome: `${status} Not Found`,
    why:
      other === undefined
        ? 'No operation of AWS IoT Jobs has this method and path.'
        : `${other.name} is an operation of the ${other.plane} plane, and the request came for the other one.`,
    next:
      other === undefined
        ? 'Check method and path; both planes begin at /jobs, /things and so on, without a stage or version.'
        : planeAdvice[other.plane],
  });
}

const planeAdvice: Readonly<Record<Plane, string>> = {
  control: 'Use the client of AWS IoT (signing name iot), not that of the jobs data plane.',
  data: 'Use the client of the jobs data plane (signing name iot-jobs-data), not that of AWS IoT.',
};

function otherPlane(plane: Plane | undefined, method: string, path: string) {
  if (plane === undefined) return undefined;
  const other = plane === 'control' ? 'data' : 'control';
  const route = matchRoute(other, method, path)?.route;
  return route === undefined ? undefined : ({ plane: other, name: route.name } as const);
}
