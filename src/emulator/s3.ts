import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Diagnosis } from './diagnosis.ts';
import { JobDocuments } from './job-documents.ts';
import { ObjectServer } from './object-server.ts';
import { ObjectStore } from './object-store.ts';

export interface S3Options {
  /** Holds a folder per bucket; without it there are no objects, and URLs lead to NoSuchBucket. */
  readonly folder: string | undefined;
  readonly region: string;
  /** Simulated. */
  readonly clock: Clock;
  /** `http://host:port` as clients reach the objects; asked for when the first URL is made. */
  origin(): string;
  /** `presignedUrlConfig.expiresInSec` as it is set for the job now. */
  expiresSecondsOf(jobId: string): number | undefined;
  readonly diagnosis: Diagnosis | undefined;
}

export interface S3 {
  readonly documents: JobDocuments;
  readonly objects: ObjectServer;
}

/**
 * The objects of one emulator and the documents that point to them. Its secret is drawn at the start
 * and never leaves the process: no URL of another emulator, or of an earlier start, works here.
 */
export function createS3({ folder, region, clock, origin, ...options }: S3Options): S3 {
  const store = new ObjectStore(folder);
  const key = {
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secret: randomBytes(30).toString('base64'),
    region,
  };
  const tokenPrefix = randomBytes(16).toString('hex');
  let urlsMade = 0;
  const objects = new ObjectServer({
    store,
    key,
    clock,
    origin,
    newSessionToken: () => `${tokenPrefix}${(urlsMade++).toString(16).padStart(8, '0')}`,
    diagnosis: options.diagnosis,
  });
  const { expiresSecondsOf } = options;
  const presign: ObjectServer['presign'] = (object, seconds) => objects.presign(object, seconds);
  return { documents: new JobDocuments({ store, presign, expiresSecondsOf }), objects };
}

/** Where clients reach an address that may stand for all of this machine's. */
export function originOf(host: string, port: number): string {
  const isAny = host === '' || host === '0.0.0.0' || host === '::';
  const name = isAny ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
