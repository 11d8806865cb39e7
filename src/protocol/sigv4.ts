import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isoTime, type Millis } from '../base/clock.ts';

/** What of a request goes into its Signature Version 4, whether the query or a header carries that. */
export interface PresignedRequest {
  readonly method: string;
  /** Canonical: percent-encoded, from the root; but for S3, segments are encoded once more. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Values of the signed headers, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The key's secret and what else goes into a signature besides the request. */
export interface SigningTerms {
  readonly secret: string;
  /** `20261120T214003Z` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** Lower-case names in order, joined by `;`. */
  readonly signedHeaders: string;
  readonly payloadHash: string;
  /** Query members that were added after signing. */
  readonly unsignedMembers: readonly string[];
}

/** Of an IAM user, or temporary ones with their session token. Secret. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export const algorithm = 'AWS4-HMAC-SHA256';
/** What MQTT over WebSocket is signed for, and its path (reference §9.1). */
export const mqttService = 'iotdevicegateway';
const mqttPath = '/mqtt';
export const emptyPayloadHash = sha256('');

/** The signature in hex, as AWS defines it for presigned URLs and `Authorization` headers alike. */
export function presignedSignature(request: PresignedRequest, terms: SigningTerms): string {
  const { secret, date, region, service, signedHeaders, payloadHash } = terms;
  const day = date.slice(0, 8);
  const headers = signedHeaders
    .split(';')
    .map((name) => `${name}:${request.headers[name]?.trim().replaceAll(/ +/g, ' ') ?? ''}\n`);
  const canonical = [
    request.method,
    request.path,
    canonicalQuery(request.query, terms.unsignedMembers),
    headers.join(''),
    signedHeaders,
    payloadHash,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = [algorithm, date, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

/**
 * Path and query to open MQTT over WebSocket with, signed for the next five minutes of wall time. `host` is
 * the Host header: with the port, unless it is the default. The session token is not signed: AWS IoT wants
 * it appended afterwards, unlike other services.
 */
export function presignedMqttPath(
  host: string,
  region: string,
  { accessKeyId, secretAccessKey: secret, sessionToken }: AwsCredentials,
  now: Millis,
): string {
  const date = signingDate(now);
  const query = new URLSearchParams([
    ['X-Amz-Algorithm', algorithm],
    [
      'X-Amz-Credential',
      `${accessKeyId}/${date.slice(0, 8)}/${region}/${mqttService}/aws4_request`,
    ],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', '300'],
    ['X-Amz-SignedHeaders', 'host'],
  ]);
  const signature = presignedSignature(
    { method: 'GET', path: mqttPath, query, headers: { host } },
    {
      secret,
      date,
      region,
      service: mqttService,
      signedHeaders: 'host',
      payloadHash: emptyPayloadHash,
      unsignedMembers: [],
    },
  );
  const token =
    sessionToken === undefined ? '' : `&X-Amz-Security-Token=${uriEncode(sessionToken)}`;
  return `${mqttPath}?${canonicalQuery(query, [])}&X-Amz-Signature=${signature}${token}`;
}

/** `20261120T214003Z` */
function signingDate(at: Millis): string {
  return isoTime(at).replaceAll(/[-:]|\.\d+/g, '');
}

/** Without telling by its time where the texts differ. */
export function isSameSignature(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function canonicalQuery(query: URLSearchParams, unsigned: readonly string[]): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature' && !unsigned.includes(name))
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Percent-encodes all but SigV4's unreserved characters. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
