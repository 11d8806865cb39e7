import type { IncomingHttpHeaders } from 'node:http';
import { instantOf, isoTime, type Millis, wallNow } from '../base/clock.ts';
import { isLoopback } from '../base/loopback.ts';
import {
  algorithm,
  isSameSignature,
  presignedSignature,
  sha256,
  uriEncode,
} from '../protocol/sigv4.ts';
import type { Diagnosis } from './diagnosis.ts';
import { headerValues } from './header-values.ts';
import type { HttpAnswer, HttpRequest } from './http-api.ts';
import {
  credentialPattern,
  datePattern,
  type Signature,
  type Signers,
  toleranceMs,
} from './websocket-signature.ts';

export type SignedRequest = Pick<HttpRequest, 'method' | 'path' | 'query' | 'headers' | 'body'>;

/** As the SDKs of both planes sign; `execute-api` is for those that know no better. */
const services = ['iot', 'execute-api', 'iot-jobs-data'];

/** In strict mode: who may ask the API, and who the admin. */
export class HttpGate {
  readonly #signers: Signers;
  readonly #diagnosis: Diagnosis | undefined;

  constructor(signers: Signers, diagnosis: Diagnosis | undefined) {
    this.#signers = signers;
    this.#diagnosis = diagnosis;
  }

  /** The answer to a request of the API that is not signed as it must be. */
  refuseUnsigned(request: HttpRequest): HttpAnswer | undefined {
    const { authorization } = request.headers;
    if (authorization?.startsWith(`${algorithm} `) !== true) {
      const next = 'Give the client an access key that --access-key names.';
      const why = 'Missing Authentication Token: in strict mode every request is signed.';
      return this.#refuse(request, 'MissingAuthenticationTokenException', why, next);
    }
    const signature = judgeRequest(request, this.#signers, wallNow());
    if (signature.ok) return undefined;
    const why = `The request signature is not valid: ${signature.flaw}.`;
    const next = 'Check access key, secret, region and clock of the client.';
    return this.#refuse(request, 'InvalidSignatureException', why, next);
  }

  /** The answer to a request of the admin that comes from another machine. */
  refuseDistant(request: Asked): HttpAnswer | undefined {
    if (request.client !== undefined && isLoopback(request.client)) return undefined;
    const why = `In strict mode ${request.path} answers this machine alone.`;
    return this.#refuse(request, 'AccessDeniedException', why, 'Ask from the same machine.');
  }

  #refuse(
    { client, method, path, requestId }: Asked,
    errorType: string,
    why: string,
    next: string,
  ): HttpAnswer {
    const request = `${method} ${path}`;
    this.#diagnosis?.explain({ wire: 'http', client, request, outcome: '403', why, next });
    return { status: 403, errorType, body: JSON.stringify({ message: why, traceId: requestId }) };
  }
}

type Asked = Pick<HttpRequest, 'client' | 'method' | 'path' | 'requestId'>;

/**
 * Judges the header `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
 * `now` is wall time, because that is what clients sign.
 */
export function judgeRequest(request: SignedRequest, signers: Signers, now: Millis): Signature {
  const { headers } = request;
  const members = membersOf(headers.authorization ?? '');
  const [, accessKeyId = '', day = '', region = '', service = ''] =
    credentialPattern.exec(members.get('Credential') ?? '') ?? [];
  if (accessKeyId === '') return flaw('its Credential is not <key>/<day>/<region>/<service>/…');
  if (!services.includes(service)) {
    return flaw(`it is signed for service ${service}, not ${services.join(' or ')}`);
  }
  if (region !== signers.region) {
    return flaw(`it is signed for region ${region}, not ${signers.region}`);
  }
  const date = signingDate(headers);
  const untimely = findUntimeliness(date, day, now);
  if (date === undefined || untimely !== undefined) return flaw(untimely ?? '');
  const { keys } = signers;
  const secret = Object.hasOwn(keys, accessKeyId) ? keys[accessKeyId] : undefined;
  if (secret === undefined) return flaw(`access key ${accessKeyId} is not known`);
  const signedHeaders = members.get('SignedHeaders') ?? '';
  if (!signedHeaders.split(';').includes('host')) return flaw('SignedHeaders must name host');
  const signature = presignedSignature(
    {
      method: request.method,
      path: canonicalPath(request.path),
      query: request.query,
      headers: headerValues(headers),
    },
    {
      secret,
      date,
      region,
      service,
      signedHeaders,
      payloadHash: sha256(request.body),
      unsignedMembers: [],
    },
  );
  return isSameSignature(signature, members.get('Signature') ?? '')
    ? { ok: true, accessKeyId }
    : flaw('the signature does not match what the secret of the access key gives');
}

function membersOf(authorization: string): Map<string, string> {
  const members = authorization.slice(algorithm.length).split(',');
  return new Map(
    members.map((member) => {
      const at = member.indexOf('=');
      return [member.slice(0, at).trim(), member.slice(at + 1).trim()];
    }),
  );
}

/** Each segment as it was sent, encoded once more, as for all services but S3; dot segments resolved. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(uriEncode(segment));
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${end}`;
}

/** `20261120T214003Z` of X-Amz-Date, or else of Date in either of its forms. */
function signingDate(headers: IncomingHttpHeaders): string | undefined {
  const text = String(headers['x-amz-date'] ?? headers.date ?? '');
  if (datePattern.test(text)) return text;
  const at = instantOf(text);
  return at === undefined ? undefined : isoTime(at).replaceAll(/[-:]|\.\d+/g, '');
}

function findUntimeliness(date: string | undefined, day: string, now: Millis): string | undefined {
  const signedAt = instantOf(date?.replace(datePattern, '$1-$2-$3T$4:$5:$6Z') ?? '');
  if (signedAt === undefined || date?.startsWith(day) !== true) {
    return 'X-Amz-Date is missing or does not fit the Credential';
  }
  return Math.abs(now - signedAt) > toleranceMs
    ? `it is signed at ${date}, more than 15 minutes from ${isoTime(now)}`
    : undefined;
}

function flaw(text: string): Signature {
  return { ok: false, flaw: text };
}
