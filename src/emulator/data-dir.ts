import { closeSync, fstatSync, mkdirSync, openSync, readSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, messageOf } from '../base/errors.ts';

/** The store's file in its directory; LMDB puts a lock file beside it. */
const fileName = 'fleetrig.mdb';

/** LMDB's meta pages, as far as they tell whether the file may be mapped without a crash. */
const meta = {
  magicAt: 24,
  versionAt: 28,
  pageSizeAt: 48,
  rootsAt: [88, 136],
  bytes: 176,
} as const;
const magic = 0xbeefc0de;
const version = 2;
const noPage = 0xffff_ffff_ffff_ffffn;

/** Makes the directory if need be, and returns the path of the store's file. */
export function prepareDataDir(dir: string): string {
  try {
    mkdirSync(dir, { recursive: true });
    const path = join(realpathSync(dir), fileName);
    const flaw = fileFlaw(path);
    if (flaw === undefined) return path;
    throw new AppError('setup', `the store in data directory ${dir} is damaged: ${flaw}`, {
      hint: `Put back a copy of ${fileName}, or start with an empty directory.`,
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('setup', `cannot use data directory ${dir}: ${messageOf(error)}`, {
      hint: 'Name a directory that this user may write to.',
      cause: error,
    });
  }
}

/**
 * LMDB trusts its file and would end the process over one that is not its own or was cut short. A
 * file that is not there, or empty, is a new store.
 */
function fileFlaw(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    return size === 0 ? undefined : metaFlaw(file, size);
  } finally {
    closeSync(file);
  }
}

function metaFlaw(file: number, size: number): string | undefined {
  const first = Buffer.alloc(meta.bytes);
  if (readSync(file, first, 0, meta.bytes, 0) < meta.bytes) return 'it is too short';
  if (first.readUInt32LE(meta.magicAt) !== magic) return 'it is no LMDB file';
  if ((first.readUInt32LE(meta.versionAt) & 0xffff) !== version) return 'its format is unknown';
  const pageBytes = first.readUInt32LE(meta.pageSizeAt);
  if (pageBytes < 512 || size < 2 * pageBytes) return 'it is too short';
  // The roots of both trees were written before the page that names them.
  const isCut = meta.rootsAt.some((at) => {
    const page = first.readBigUInt64LE(at);
    return page !== noPage && (page + 1n) * BigInt(pageBytes) > BigInt(size);
  });
  return isCut ? 'it was cut short' : undefined;
}
