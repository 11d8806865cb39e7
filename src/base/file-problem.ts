import { messageOf } from './errors.ts';

/** What the system's error codes say of a file that somebody named. */
const problems: Readonly<Record<string, string>> = {
  EACCES: 'it may not be touched by you',
  EEXIST: 'something of that name is there already',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'it is not there',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file',
  EPERM: 'it may not be touched by you',
  EROFS: 'the disk can only be read',
};

/** Why a file could not be read or written, for a sentence that has named it. */
export function tellFileProblem(error: unknown): string {
  return problems[codeOf(error)] ?? messageOf(error);
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
