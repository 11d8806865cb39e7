import { instantOf, type Millis } from '../base/clock.ts';
import {
  algorithm,
  emptyPayloadHash,
  isSameSignature,
  type PresignedRequest,
  presignedSignature,
  mqttService as service,
} from '../protocol/sigv4.ts';

/** Secrets by access key id: who may sign. */
export type AccessKeys = Readonly<Record<string, string>>;

/** Who may sign, and for which region. */
export interface Signers {
  readonly keys: AccessKeys;
  readonly region: string;
}

export type Signature =
  | { readonly ok: true; readonly accessKeyId: string }
  | { readonly ok: false; readonly flaw: string };

/** The path of `wss://…/mqtt` as it was asked for, with the host it was asked of. */
export interface SignedPath {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly host: string;
  /** By lower-case name; some clients sign more of them than the host. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** `20261120T214003Z` */
export const datePattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
/** Key id, day, region, service. */
export const credentialPattern = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/;
/** Clients' clocks may be ahead by so much, and a URL without X-Amz-Expires is good for so long. */
export const toleranceMs = 15 * 60_000;
const expirySecondsMax = 604_800;

/** Whose key a query says it was signed with; undefined when it does not. */
export function signerOf(query: URLSearchParams): string | undefined {
  return credentialPattern.exec(query.get('X-Amz-Credential') ?? '')?.[1];
}

/**
 * Judges the signature of a WebSocket URL (reference §9.1: service `iotdevicegateway`, the security
 * token appended after signing). `now` is wall time, because that is what clients sign.
 */
export function judgeSignature(signed: SignedPath, signers: Signers, now: Millis): Signature {
  const { query } = signed;
  const [, accessKeyId = '', day = '', region = '', scopeService] =
    credentialPattern.exec(query.get('X-Amz-Credential') ?? '') ?? [];
  if (query.get('X-Amz-Algorithm') !== algorithm || accessKeyId === '') {
    return flaw('the URL carries no SigV4 signature');
  }
  if (scopeService !== service) return flaw(`it is signed for ${scopeService}, not ${service}`);
  if (region !== signers.region) {
    return flaw(`it is signed for region ${region}, not ${signers.region}`);
  }
  const untimely = findUntimeliness(query, day, now);
  if (untimely !== undefined) return flaw(untimely);
  const { keys } = signers;
  const secret = Object.hasOwn(keys, accessKeyId) ? keys[accessKeyId] : undefined;
  if (secret === undefined) return flaw(`access key ${accessKeyId} is not known`);
  const signedHeaders = query.get('X-Amz-SignedHeaders') ?? '';
  if (!signedHeaders.split(';').includes('host')) {
    return flaw('X-Amz-SignedHeaders must name host');
  }
  const terms = {
    secret,
    date: query.get('X-Amz-Date') ?? '',
    region,
    service,
    signedHeaders,
    payloadHash: emptyPayloadHash,
    unsignedMembers: ['X-Amz-Security-Token'],
  };
  const given = query.get('X-Amz-Signature') ?? '';
  const isSigned = requestsOf(signed).some((request) =>
    isSameSignature(presignedSignature(request, terms), given),
  );
  return isSigned ? { ok: true, accessKeyId } : flaw('the signature does not match');
}

/** Clients made for port 443 sign the host without the port that they need here. */
function requestsOf({ path, query, host, headers = {} }: SignedPath): PresignedRequest[] {
  const hosts = new Set([host, host.replace(/:\d+$/, '')]);
  return [...hosts].map((name) => ({
    method: 'GET',
    path,
    query,
    headers: { ...headers, host: name },
  }));
}

function findUntimeliness(query: URLSearchParams, day: string, now: Millis): string | undefined {
  const date = query.get('X-Amz-Date') ?? '';
  const signedAt = datePattern.test(date)
    ? instantOf(date.replace(datePattern, '$1-$2-$3T$4:$5:$6Z'))
    : undefined;
  if (signedAt === undefined || !date.startsWith(day)) {
    return 'X-Amz-Date is missing or does not fit the credential';
  }
  const expires = query.get('X-Amz-Expires');
  if (expires !== null && !(/^\d{1,6}$/.test(expires) && Number(expires) <= expirySecondsMax)) {
    return `X-Amz-Expires must be 0 to ${expirySecondsMax}`;
  }
  if (signedAt > now + toleranceMs) return 'it is signed for a later time';
  const goodForMs = expires === null ? toleranceMs : Number(expires) * 1000;
  return now > signedAt + goodForMs ? 'the signature has expired' : undefined;
}

function flaw(text: string): Signature {
  return { ok: false, flaw: text };
}
