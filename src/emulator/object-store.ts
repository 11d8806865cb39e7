import { readFileSync, realpathSync, statSync } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Millis } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { isBucketName, type S3Object } from '../protocol/s3-url.ts';

/** An open object; whoever asked for it closes it. */
export interface StoredObject {
  readonly file: FileHandle;
  readonly sizeBytes: number;
  readonly modifiedAt: Millis;
}

export type ObjectFault = 'no bucket' | 'no key' | 'busy';

/** S3 as a folder: `<folder>/<bucket>/<key>`. Nothing outside the folder is ever opened. */
export class ObjectStore {
  readonly #root: string | undefined;

  /** Without a folder it is empty. Throws when the folder is none. */
  constructor(folder: string | undefined) {
    this.#root = folder === undefined ? undefined : openFolder(folder);
  }

  async open(object: S3Object): Promise<StoredObject | ObjectFault> {
    if (this.#root === undefined) return 'no bucket';
    const path = this.#pathOf(object);
    if (path === undefined) return 'no key';
    try {
      const real = await realpath(path);
      if (!this.#isInside(real)) return 'no key';
      // Before opening: a pipe would keep us waiting.
      const stats = await stat(real);
      if (!stats.isFile()) return 'no key';
      return { file: await open(real, 'r'), sizeBytes: stats.size, modifiedAt: stats.mtimeMs };
    } catch (error) {
      return this.#faultOf(error, object);
    }
  }

  /** A small object's bytes, or why there are none, in words for a user. */
  readSmall(object: S3Object, bytesMax: number): Buffer | string {
    const name = `${object.bucket}/${object.key}`;
    if (this.#root === undefined) {
      return 'the emulator has no S3 objects; start it with --s3-dir <folder>';
    }
    const path = this.#pathOf(object);
    const missing = `there is no object ${name} in the folder given as --s3-dir`;
    if (path === undefined) return missing;
    try {
      const real = realpathSync(path);
      const stats = statSync(real);
      if (!this.#isInside(real) || !stats.isFile()) return missing;
      if (stats.size > bytesMax) return `${name} is longer than ${bytesMax} bytes`;
      return readFileSync(real);
    } catch (error) {
      return this.#faultOf(error, object) === 'busy' ? `${name} cannot be read` : missing;
    }
  }

  /** Undefined when the name could lead out of the folder, or names none. */
  #pathOf({ bucket, key }: S3Object): string | undefined {
    if (this.#root === undefined || !isBucketName(bucket)) return undefined;
    const segments = key.split('/');
    const isPlain = segments.every(
      (segment) => !['', '.', '..'].includes(segment) && !/[\0\\]/.test(segment),
    );
    return isPlain ? join(this.#root, bucket, ...segments) : undefined;
  }

  /** A link inside the folder may point elsewhere. */
  #isInside(real: string): boolean {
    return this.#root !== undefined && real.startsWith(this.#root + sep);
  }

  #faultOf(error: unknown, { bucket }: S3Object): ObjectFault {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(code)) return 'busy';
    const isBucketThere =
      this.#root !== undefined &&
      statSync(join(this.#root, bucket), { throwIfNoEntry: false })?.isDirectory() === true;
    return isBucketThere ? 'no key' : 'no bucket';
  }
}

function openFolder(folder: string): string {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (isFolder) return realpathSync(folder);
  throw new AppError('setup', `the S3 folder ${folder} is not there`, {
    hint: 'Give --s3-dir a folder that holds one folder per bucket.',
  });
}
