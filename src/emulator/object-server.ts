import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type Clock, httpTime, isoTime } from '../base/clock.ts';
import type { S3Object } from '../protocol/s3-url.ts';
import { uriEncode } from '../protocol/sigv4.ts';
import type { Diagnosis } from './diagnosis.ts';
import { decideRange } from './http-range.ts';
import type { ObjectFault, ObjectStore, StoredObject } from './object-store.ts';
import { judgeUrl, presignUrl, type SigningKey, type UrlJudgement } from './presigned-url.ts';

/** Where objects are on the emulator's HTTP port; no operation of AWS IoT begins so. */
export const objectsPrefix = '/_s3/';

export interface ObjectServerOptions {
  readonly store: ObjectStore;
  readonly key: SigningKey;
  /** Simulated: URLs expire in it. */
  readonly clock: Clock;
  /** `http://host:port` as clients reach it; called once the port is bound. */
  origin(): string;
  /** A text no other URL has. */
  newSessionToken(): string;
  readonly diagnosis?: Diagnosis | undefined;
}

interface S3Error {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly members?: Readonly<Record<string, string>>;
}

/** Serves GET and HEAD, whole or in part, of objects whose URL was signed here and has not expired. */
export class ObjectServer {
  readonly #options: ObjectServerOptions;

  constructor(options: ObjectServerOptions) {
    this.#options = options;
  }

  /** A URL that works from now on for `expiresSeconds` of simulated time. */
  presign({ bucket, key }: S3Object, expiresSeconds: number): string {
    const { origin, key: signingKey, clock, newSessionToken } = this.#options;
    const path = `${objectsPrefix}${[bucket, ...key.split('/')].map(uriEncode).join('/')}`;
    const order = { origin: origin(), path, expiresSeconds, sessionToken: newSessionToken() };
    return presignUrl(signingKey, order, clock.now());
  }

  async serve(
    incoming: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> {
    const url = incoming.url ?? '';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
    const isHead = incoming.method === 'HEAD';
    const fail = (error: S3Error) => {
      this.#options.diagnosis?.explain({
        wire: 'http',
        client: incoming.socket.remoteAddress,
        request: `${incoming.method} ${path}`,
        outcome: `${error.status} ${error.code}`,
        why: error.message,
        next: adviceOn(error.code),
      });
      writeError(response, error, requestId, isHead);
    };
    const refusal = this.#findRefusal(incoming, path, query);
    if (refusal !== undefined) return fail(refusal);
    const object = objectOf(path);
    const found = object === undefined ? 'no key' : await this.#options.store.open(object);
    if (typeof found === 'string') return fail(missing(found, path));
    if (isHead) this.#explainHead(incoming, path);
    await sendObject(found, incoming, response, requestId, fail);
  }

  /** The one courtesy that S3 does not have: its signatures are for one method. */
  #explainHead({ socket }: IncomingMessage, path: string): void {
    this.#options.diagnosis?.explain({
      wire: 'http',
      client: socket.remoteAddress,
      request: `HEAD ${path}`,
      outcome: 'answered',
      why: 'The URL is signed for GET; AWS would answer 403 to HEAD.',
      next: 'Ask by GET, with Range: bytes=0-0 for the size alone.',
    });
  }

  #findRefusal(
    { method, headers }: IncomingMessage,
    path: string,
    query: URLSearchParams,
  ): S3Error | undefined {
    if (method !== 'GET' && method !== 'HEAD') {
      const message = 'The specified method is not allowed against this resource.';
      return { status: 405, code: 'MethodNotAllowed', message };
    }
    const { key, clock } = this.#options;
    const now = clock.now();
    const request = { host: headers.host ?? '', path, query };
    return refusalOf(judgeUrl(key, request, now), isoTime(now));
  }
}

function refusalOf(judgement: UrlJudgement, serverTime: string): S3Error | undefined {
  switch (judgement.verdict) {
    case 'valid':
      return undefined;
    case 'unsigned':
      return { status: 403, code: 'AccessDenied', message: 'Access Denied' };
    case 'unknown key':
      return {
        status: 403,
        code: 'InvalidAccessKeyId',
        message: 'The AWS Access Key Id you provided does not exist in our records.',
      };
    case 'wrong signature':
      return {
        status: 403,
        code: 'SignatureDoesNotMatch',
        message:
          'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      };
    case 'expired':
      return {
        status: 403,
        code: 'AccessDenied',
        message: 'Request has expired',
        members: {
          'X-Amz-Expires': String(judgement.expiresSeconds),
          Expires: isoTime(judgement.expiresAt),
          ServerTime: serverTime,
        },
      };
  }
}

function missing(fault: ObjectFault, path: string): S3Error {
  const [bucket = '', ...key] = path.slice(objectsPrefix.length).split('/');
  switch (fault) {
    case 'no bucket':
      return {
        status: 404,
        code: 'NoSuchBucket',
        message: 'The specified bucket does not exist',
        members: { BucketName: bucket },
      };
    case 'no key':
      return {
        status: 404,
        code: 'NoSuchKey',
        message: 'The specified key does not exist.',
        members: { Key: key.join('/') },
      };
    case 'busy':
      return { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' };
  }
}

const advice: Readonly<Record<string, string>> = {
  AccessDenied: 'Ask for the job document again: each delivery brings a fresh URL.',
  SignatureDoesNotMatch: 'Use the URL unchanged, query and host name included.',
  InvalidAccessKeyId: 'Use a URL that this emulator gave out since it was started.',
  NoSuchBucket: 'Start with --s3-dir <folder>, and make a folder of the bucket’s name in it.',
  NoSuchKey: 'Put the file into the bucket’s folder below --s3-dir.',
  InvalidRange: 'Ask for bytes that the object has.',
  MethodNotAllowed: 'Presigned URLs of job documents allow GET.',
  SlowDown: 'Raise the limit of open files (ulimit -n), or ask again later.',
};

function adviceOn(code: string): string {
  return advice[code] ?? '';
}

/** Undefined when the path is no object's. */
function objectOf(path: string): S3Object | undefined {
  try {
    const name = decodeURIComponent(path.slice(objectsPrefix.length));
    const slash = name.indexOf('/');
    return slash < 0 ? undefined : { bucket: name.slice(0, slash), key: name.slice(slash + 1) };
  } catch {
    return undefined;
  }
}

async function sendObject(
  { file, sizeBytes, modifiedAt }: StoredObject,
  incoming: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  fail: (error: S3Error) => void,
): Promise<void> {
  const range = decideRange(incoming.headers.range, sizeBytes);
  if (range === 'unsatisfiable') {
    await file.close();
    const message = 'The requested range is not satisfiable';
    fail({ status: 416, code: 'InvalidRange', message });
    return;
  }
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
  response.writeHead(range === undefined ? 200 : 206, {
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    'content-type': 'binary/octet-stream',
    etag: `"${createHash('md5').update(`${sizeBytes} ${modifiedAt}`).digest('hex')}"`,
    'last-modified': httpTime(modifiedAt),
    server: 'AmazonS3',
    'x-amz-request-id': requestId,
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${sizeBytes}` }),
  });
  if (incoming.method === 'HEAD' || end < start) {
    await file.close();
    response.end();
    return;
  }
  try {
    // Closes the file however it ends.
    await pipeline(file.createReadStream({ start, end }), response);
  } catch {
    // The client went away, or the file shrank: the broken length tells the client so.
    response.destroy();
  }
}

function writeError(
  response: ServerResponse,
  { status, code, message, members = {} }: S3Error,
  requestId: string,
  isHead: boolean,
): void {
  const all = { Code: code, Message: message, ...members, RequestId: requestId };
  const elements = Object.entries(all).map(
    ([name, text]) => `<${name}>${escapeXml(text)}</${name}>`,
  );
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements.join('')}</Error>`;
  response.writeHead(status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
    'x-amz-request-id': requestId,
  });
  response.end(isHead ? undefined : body);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
