import type { IncomingHttpHeaders } from 'node:http';
import { wallNow } from '../base/clock.ts';
import { parseJsonObject } from '../base/json.ts';
import type { DeviceOperation } from '../protocol/messages.ts';
import {
  accepted,
  httpError,
  type Rejection,
  type Reply,
  rejected,
} from '../protocol/rejections.ts';
import { findViolations, type Violation, violationMessage } from '../protocol/validation.ts';
import type { Diagnosis } from './diagnosis.ts';
import { explainHttpRejection, explainNoRoute } from './explain-jobs.ts';
import { decodeInput, encodeOutput, readsBody } from './http-codec.ts';
import { matchRoute, type Plane, planeModels, planeOf, type RouteMatch } from './http-route.ts';
import { type ListRequest, openToken, pagingOf, sealToken } from './page-token.ts';
import type { RequestTally } from './request-tally.ts';
import type { RequestWatch } from './request-watch.ts';
import { rateExceeded, type Throttle } from './throttle.ts';

/** What the operations of one plane do. Inputs have passed validation; outputs are encoded by the model. */
export interface PlaneApi {
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Where AWS's prose asks for more than its model says; stands in for the model's check. */
  readonly violations: Readonly<Record<string, (input: object) => Violation[]>>;
}

/** The table pairs each handler with the input its operation's shape decodes to. */
export type Handler = (input: never) => Answered | Promise<Answered>;

type Answered = Reply<object | undefined>;

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** Remote address, as far as known. */
  readonly client?: string | undefined;
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
  readonly #throttle: Throttle | undefined;
  readonly #diagnosis: Diagnosis | undefined;

  constructor(
    planes: Readonly<Record<Plane, PlaneApi>>,
    tally: RequestTally,
    { throttle, diagnosis }: RequestWatch = {},
  ) {
    this.#planes = planes;
    this.#tally = tally;
    this.#throttle = throttle;
    this.#diagnosis = diagnosis;
  }

  /** Handlers start before this returns, so requests take effect in the order they came. */
  async answer(request: HttpRequest, fixedPlane?: Plane): Promise<HttpAnswer> {
    try {
      const found = findRoute(request, fixedPlane);
      return found === undefined
        ? this.#notFound(request, fixedPlane)
        : await this.#perform(found, request);
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      const { rejection } = rejected('InvalidRequest', 'The path is not validly percent-encoded.');
      return this.#refuse(rejection, 'control', request);
    }
  }

  async #perform(found: RouteMatch, request: HttpRequest): Promise<HttpAnswer> {
    const { plane, name } = found.route;
    const api = this.#planes[plane];
    const handler = api.handlers[name];
    if (handler === undefined) {
      const { rejection } = rejected('InvalidRequest', `${name} is not modelled yet.`);
      return this.#refuse(rejection, plane, request, 501);
    }
    const beganAt = wallNow();
    const operation = plane === 'data' ? deviceOperations[name] : undefined;
    const reply = this.#admits(name, operation)
      ? await call(found, request, handler, api.violations[name])
      : rateExceeded();
    this.#tally.count(operation ?? name, reply.ok ? 'OK' : reply.rejection.code);
    this.#tally.time(operation ?? name, wallNow() - beganAt);
    return reply.ok
      ? { status: 200, body: reply.value }
      : this.#refuse(reply.rejection, plane, request);
  }

  /** Before anything of the request is looked at (reference §7, order of checks). */
  #admits(name: string, operation: DeviceOperation | undefined): boolean {
    if (this.#throttle === undefined) return true;
    return operation === undefined
      ? this.#throttle.admitsControl(name)
      : this.#throttle.admitsDevice(operation);
  }

  /** `status` stands in for that of the rejection's code. */
  #refuse(rejection: Rejection, plane: Plane, request: HttpRequest, status?: number): HttpAnswer {
    const answer = refusal(rejection, plane, request);
    const told = status === undefined ? answer : { ...answer, status };
    if (this.#diagnosis !== undefined) {
      explainHttpRejection(this.#diagnosis, { ...request, status: told.status }, rejection);
    }
    return told;
  }

  #notFound(request: HttpRequest, fixedPlane: Plane | undefined): HttpAnswer {
    const answer = notFound(request);
    if (this.#diagnosis !== undefined) {
      const { authorization, host = '' } = request.headers;
      const plane = fixedPlane ?? planeOf(authorization, host);
      explainNoRoute(this.#diagnosis, { ...request, status: answer.status }, plane);
    }
    return answer;
  }
}

/** Decodes, validates, performs, encodes: the accepted value is the body to answer with. */
async function call(
  { route, labels }: RouteMatch,
  { query, headers, body: bytes }: HttpRequest,
  handler: Handler,
  find: PlaneApi['violations'][string] | undefined,
): Promise<Reply<string>> {
  const { plane, name, operation } = route;
  const model = planeModels[plane];
  const body = readsBody(model, operation.input) ? parseJsonObject(bytes) : {};
  if (body === undefined) {
    return rejected('InvalidRequest', 'The request body is not a UTF-8 encoded JSON object.');
  }
  const input = decodeInput(model, operation.input, { labels, query, headers, body });
  const violations = find?.(input) ?? findViolations(model, operation.input, input);
  if (violations.length > 0) return rejected('InvalidRequest', violationMessage(violations));
  const paging = pagingOf(model, operation.input);
  const reply = await callPaged(handler, { operation: name, input, paging });
  if (!reply.ok) return reply;
  const hasOutput = operation.output !== undefined && reply.value !== undefined;
  return accepted(hasOutput ? encodeOutput(model, operation.output, reply.value) : '{}');
}

/** The gateway's own answer to what maps to no operation (reference §0.3). */
export function notFound({ requestId }: Pick<HttpRequest, 'requestId'>): HttpAnswer {
  return { status: 404, body: JSON.stringify({ message: 'Not Found', traceId: requestId }) };
}

/** The answer when we failed: 500, on the data plane 503 (reference §0.4). */
export function failed(
  request: Pick<HttpRequest, 'method' | 'path' | 'headers' | 'requestId'>,
  fixedPlane?: Plane,
): HttpAnswer {
  const { rejection } = rejected('InternalError', 'An unexpected error has occurred.');
  return refusal(rejection, fixedPlane ?? planeAsked(request), request);
}

function planeAsked(request: Pick<HttpRequest, 'method' | 'path' | 'headers'>): Plane {
  try {
    return findRoute(request)?.route.plane ?? 'control';
  } catch {
    return 'control'; // Not validly percent-encoded: no operation's path.
  }
}

/** Handlers of lists see plain cursors, by the names of most lists; clients see opaque tokens. */
async function callPaged(handler: Handler, list: ListRequest): Promise<Answered> {
  const { paging } = list;
  const { [paging.token]: token, [paging.size]: maxResults, ...filters } = list.input;
  const cursor = typeof token === 'string' ? openToken(list, token) : undefined;
  if (cursor?.ok === false) return cursor;
  const input = {
    ...filters,
    ...(cursor === undefined ? {} : { nextToken: cursor.value }),
    ...(maxResults === undefined ? {} : { maxResults }),
  };
  const reply = await handler(input as never);
  if (!reply.ok || reply.value === undefined || !('nextToken' in reply.value)) return reply;
  const { nextToken, ...page } = reply.value;
  return typeof nextToken === 'string'
    ? accepted({ ...page, [paging.next]: sealToken(list, nextToken) })
    : reply;
}

function findRoute(
  { method, path, headers }: Pick<HttpRequest, 'method' | 'path' | 'headers'>,
  fixedPlane?: Plane,
): RouteMatch | undefined {
  const plane = fixedPlane ?? planeOf(headers.authorization, headers.host ?? '');
  if (plane !== undefined) return matchRoute(plane, method, path);
  // Unsigned and no telling host name: control plane, then what only the data plane has.
  return matchRoute('control', method, path) ?? matchRoute('data', method, path);
}

function refusal(
  rejection: Rejection,
  plane: Plane,
  { requestId }: Pick<HttpRequest, 'requestId'>,
): HttpAnswer {
  const { code, ...members } = rejection;
  const { shape, status } = httpError(code, plane);
  return { status, errorType: shape, body: JSON.stringify({ ...members, traceId: requestId }) };
}
