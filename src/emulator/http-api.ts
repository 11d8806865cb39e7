import type { IncomingHttpHeaders } from 'node:http';
import type { DeviceOperation } from '../protocol/messages.ts';
import {
  accepted,
  httpError,
  type Rejection,
  type Reply,
  rejected,
} from '../protocol/rejections.ts';
import { findViolations, type Violation, violationMessage } from '../protocol/validation.ts';
import { decodeInput, encodeOutput, readsBody } from './http-codec.ts';
import { matchRoute, type Plane, planeModels, planeOf, type RouteMatch } from './http-route.ts';
import { type ListRequest, openToken, sealToken } from './page-token.ts';
import type { RequestTally } from './request-tally.ts';

/** What the operations of one plane do. Inputs have passed validation; outputs are encoded by the model. */
export interface PlaneApi {
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Where AWS's prose asks for more than its model says; stands in for the model's check. */
  readonly violations: Readonly<Record<string, (input: object) => Violation[]>>;
}

/** The table pairs each handler with the input its operation's shape decodes to. */
export type Handler = (input: never) => Reply<object | undefined>;

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** Told back in `x-amzn-RequestId`, and as `traceId` in errors. */
  readonly requestId: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** `application/json` when not set. */
  readonly contentType?: string;
  /** AWS's exception shape, for the header `x-amzn-ErrorType`. */
  readonly errorType?: string;
}

/** What a device asks for counts under one name, whether it comes over HTTP or MQTT. */
const deviceOperations: Readonly<Record<string, DeviceOperation>> = {
  GetPendingJobExecutions: 'get',
  StartNextPendingJobExecution: 'start-next',
  DescribeJobExecution: 'describe',
  UpdateJobExecution: 'update',
};

/** Answers requests of both planes. `fixedPlane` is set on a port that serves only one. */
export class HttpApi {
  readonly #planes: Readonly<Record<Plane, PlaneApi>>;
  readonly #tally: RequestTally;

  constructor(planes: Readonly<Record<Plane, PlaneApi>>, tally: RequestTally) {
    this.#planes = planes;
    this.#tally = tally;
  }

  answer(request: HttpRequest, fixedPlane?: Plane): HttpAnswer {
    try {
      const found = findRoute(request, fixedPlane);
      return found === undefined ? notFound(request) : this.#perform(found, request);
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      const { rejection } = rejected('InvalidRequest', 'The path is not validly percent-encoded.');
      return refusal(rejection, 'control', request);
    }
  }

  #perform(found: RouteMatch, request: HttpRequest): HttpAnswer {
    const { plane, name } = found.route;
    const api = this.#planes[plane];
    const handler = api.handlers[name];
    if (handler === undefined) {
      const { rejection } = rejected('InvalidRequest', `${name} is not modelled yet.`);
      return { ...refusal(rejection, plane, request), status: 501 };
    }
    const reply = call(found, request, handler, api.violations[name]);
    const counted = plane === 'data' ? (deviceOperations[name] ?? name) : name;
    this.#tally.count(counted, reply.ok ? 'OK' : reply.rejection.code);
    return reply.ok ? { status: 200, body: reply.value } : refusal(reply.rejection, plane, request);
  }
}

/** Decodes, validates, performs, encodes: the accepted value is the body to answer with. */
function call(
  { route, labels }: RouteMatch,
  { query, headers, body: bytes }: HttpRequest,
  handler: Handler,
  find: PlaneApi['violations'][string] | undefined,
): Reply<string> {
  const { plane, name, operation } = route;
  const model = planeModels[plane];
  const body = readsBody(model, operation.input) ? parseBody(bytes) : {};
  if (body === undefined) {
    return rejected('InvalidRequest', 'The request body is not a UTF-8 encoded JSON object.');
  }
  const input = decodeInput(model, operation.input, { labels, query, headers, body });
  const violations = find?.(input) ?? findViolations(model, operation.input, input);
  if (violations.length > 0) return rejected('InvalidRequest', violationMessage(violations));
  const reply = callPaged(handler, { operation: name, input });
  if (!reply.ok) return reply;
  const hasOutput = operation.output !== undefined && reply.value !== undefined;
  return accepted(hasOutput ? encodeOutput(model, operation.output, reply.value) : '{}');
}

/** The gateway's own answer to what maps to no operation (reference §0.3). */
export function notFound({ requestId }: Pick<HttpRequest, 'requestId'>): HttpAnswer {
  return { status: 404, body: JSON.stringify({ message: 'Not Found', traceId: requestId }) };
}

/** A JSON object, or undefined when the bytes are none. No bytes stand for `{}`. */
export function parseBody(bytes: Uint8Array): Record<string, unknown> | undefined {
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Handlers of lists see plain cursors; clients see opaque tokens. */
function callPaged(handler: Handler, list: ListRequest): Reply<object | undefined> {
  const token = list.input['nextToken'];
  const cursor = typeof token === 'string' ? openToken(list, token) : undefined;
  if (cursor?.ok === false) return cursor;
  const input = cursor === undefined ? list.input : { ...list.input, nextToken: cursor.value };
  const reply = handler(input as never);
  if (!reply.ok || reply.value === undefined || !('nextToken' in reply.value)) return reply;
  const { nextToken } = reply.value;
  return typeof nextToken === 'string'
    ? accepted({ ...reply.value, nextToken: sealToken(list, nextToken) })
    : reply;
}

function findRoute(request: HttpRequest, fixedPlane?: Plane): RouteMatch | undefined {
  const { method, path, headers } = request;
  const plane = fixedPlane ?? planeOf(headers.authorization, headers.host ?? '');
  if (plane !== undefined) return matchRoute(plane, method, path);
  // Unsigned and no telling host name: control plane, then what only the data plane has.
  return matchRoute('control', method, path) ?? matchRoute('data', method, path);
}

function refusal(rejection: Rejection, plane: Plane, { requestId }: HttpRequest): HttpAnswer {
  const { code, ...members } = rejection;
  const { shape, status } = httpError(code, plane);
  return { status, errorType: shape, body: JSON.stringify({ ...members, traceId: requestId }) };
}
