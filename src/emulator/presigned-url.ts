import { instantOf, isoTime, type Millis } from '../base/clock.ts';
import { algorithm, isSameSignature, presignedSignature } from '../protocol/sigv4.ts';

/** What signs: the temporary credentials that AWS gets by assuming the job's role. */
export interface SigningKey {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly region: string;
}

export interface SigningOrder {
  /** `http://host:port`, no slash at the end. */
  readonly origin: string;
  /** Percent-encoded, from the root. */
  readonly path: string;
  readonly expiresSeconds: number;
  /** Told apart per URL, as each assumed role has its own. */
  readonly sessionToken: string;
}

/** A GET with such a query, as it reached the object server. */
export interface SignedRequest {
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

export type UrlJudgement =
  | { readonly verdict: 'valid' }
  | { readonly verdict: 'unsigned' | 'unknown key' | 'wrong signature' }
  | { readonly verdict: 'expired'; readonly expiresAt: Millis; readonly expiresSeconds: number };

const signatureName = 'X-Amz-Signature';

/** A URL that allows one GET of one object for a while, signed as SigV4 signs queries (reference §8.2). */
export function presignUrl(key: SigningKey, order: SigningOrder, now: Millis): string {
  const { origin, path, expiresSeconds, sessionToken } = order;
  const date = basicTime(now);
  const query = new URLSearchParams([
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', `${key.accessKeyId}/${scopeOf(key, date)}`],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', String(expiresSeconds)],
    ['X-Amz-Security-Token', sessionToken],
    ['X-Amz-SignedHeaders', 'host'],
  ]);
  const { host } = new URL(origin);
  query.set(signatureName, sign(key, date, { host, path, query }));
  return `${origin}${path}?${query}`;
}

/** Judges a request in the order S3 does: who signed, whether it was signed, whether it is too late. */
export function judgeUrl(key: SigningKey, request: SignedRequest, now: Millis): UrlJudgement {
  const { query } = request;
  const signature = query.get(signatureName);
  const date = query.get('X-Amz-Date') ?? '';
  const signedAt = instantOf(date.replace(basicForm, '$1-$2-$3T$4:$5:$6Z'));
  const expiresSeconds = Number(query.get('X-Amz-Expires') ?? Number.NaN);
  if (
    signature === null ||
    query.get('X-Amz-Algorithm') !== algorithm ||
    signedAt === undefined ||
    !Number.isInteger(expiresSeconds)
  ) {
    return { verdict: 'unsigned' };
  }
  if (query.get('X-Amz-Credential') !== `${key.accessKeyId}/${scopeOf(key, date)}`) {
    return { verdict: 'unknown key' };
  }
  if (!isSameSignature(signature, sign(key, date, request))) return { verdict: 'wrong signature' };
  const expiresAt = signedAt + expiresSeconds * 1000;
  return now > expiresAt ? { verdict: 'expired', expiresAt, expiresSeconds } : { verdict: 'valid' };
}

function sign(key: SigningKey, date: string, { host, path, query }: SignedRequest): string {
  const request = { method: 'GET', path, query, headers: { host } };
  return presignedSignature(request, {
    secret: key.secret,
    date,
    region: key.region,
    service: 's3',
    signedHeaders: 'host',
    payloadHash: 'UNSIGNED-PAYLOAD',
    unsignedMembers: [],
  });
}

function scopeOf({ region }: SigningKey, date: string): string {
  return `${date.slice(0, 8)}/${region}/s3/aws4_request`;
}

const basicForm = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** `20261120T214003Z` */
function basicTime(at: Millis): string {
  return isoTime(at).replaceAll(/[-:]|\.\d+/g, '');
}
