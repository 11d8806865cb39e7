import type { CreateJobRequest } from '../protocol/job-config.ts';
import { limits } from '../protocol/limits.ts';
import { cutAtPlaceholders } from '../protocol/placeholders.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import { parseS3Url, type S3Object } from '../protocol/s3-url.ts';
import type { ObjectStore } from './object-store.ts';

/** Makes the URL that a device may fetch an object by, for so many seconds. */
type Presign = (object: S3Object, expiresSeconds: number) => string;

interface JobDocumentsOptions {
  readonly store: ObjectStore;
  readonly presign: Presign;
  /** `presignedUrlConfig.expiresInSec` as it is set for the job now. */
  expiresSecondsOf(jobId: string): number | undefined;
}

interface Cut {
  readonly pieces: readonly string[];
  /** Undefined where a placeholder names no object; creation refuses those. */
  readonly objects: readonly (S3Object | undefined)[];
}

/** Job documents at the two ends of the service: read at creation, written out at each delivery. */
export class JobDocuments {
  readonly #options: JobDocumentsOptions;
  readonly #cuts = new WeakMap<object, Cut>();

  constructor(options: JobDocumentsOptions) {
    this.#options = options;
  }

  /**
   * A document as JSON text for a device, with a fresh URL for each of its placeholders (reference
   * §8.2). All executions of a job share one document value, so its text is made and searched once
   * however many devices are told.
   */
  textOf(jobId: string, document: unknown): string {
    const { pieces, objects } = this.#cutOf(document);
    const [first = ''] = pieces;
    if (objects.length === 0) return first;
    const { presign, expiresSecondsOf } = this.#options;
    const expiresSeconds = expiresSecondsOf(jobId) ?? limits.presignedUrlSecondsDefault;
    const rest = objects.map((object, index) => {
      const url = object === undefined ? '' : presign(object, expiresSeconds);
      return `${url}${pieces[index + 1]}`;
    });
    return `${first}${rest.join('')}`;
  }

  /** A request whose `documentSource` was read, once and now (reference §8.1). */
  withSource<T extends Pick<CreateJobRequest, 'document' | 'documentSource'>>(
    request: T,
  ): Reply<T> {
    const { documentSource } = request;
    if (documentSource === undefined || request.document !== undefined) return accepted(request);
    const object = parseS3Url(documentSource);
    if (object === undefined) {
      return cannotRead(
        documentSource,
        'it is not the URL of an S3 object, such as https://s3.us-east-1.amazonaws.com/bucket/key',
      );
    }
    const bytes = this.#options.store.readSmall(object, limits.documentBytesMax);
    if (typeof bytes === 'string') return cannotRead(documentSource, bytes);
    const document = jsonText(bytes);
    return document === undefined
      ? cannotRead(documentSource, 'the object is not UTF-8 encoded JSON')
      : accepted({ ...request, document });
  }

  #cutOf(document: unknown): Cut {
    if (typeof document !== 'object' || document === null) return cut(document);
    let known = this.#cuts.get(document);
    if (known === undefined) {
      known = cut(document);
      this.#cuts.set(document, known);
    }
    return known;
  }
}

function cut(document: unknown): Cut {
  const { pieces, urls } = cutAtPlaceholders(JSON.stringify(document));
  return { pieces, objects: urls.map(parseS3Url) };
}

function cannotRead(documentSource: string, why: string) {
  return rejected('InvalidRequest', `The documentSource ${documentSource} cannot be used: ${why}.`);
}

function jsonText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}
