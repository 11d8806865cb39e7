import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../base/errors.ts';
import { isMissing, tellFileProblem } from '../base/file-problem.ts';
import { makeFolder } from '../base/folders.ts';

/** What to do about a file, by its path below the folder. */
export interface NewFiles {
  /** Absolute. */
  readonly folder: string;
  /** Contents by relative path, with `/` between its parts. */
  readonly contents: ReadonlyMap<string, string>;
  /** Whether files that are there and say something else are replaced. */
  readonly force: boolean;
}

/**
 * Writes files that a user may have made their own since. Those that already say the same stay as they
 * are; when any says something else and `force` is off, none is written. Returns the paths written.
 */
export async function writeNewFiles({ folder, contents, force }: NewFiles): Promise<string[]> {
  const written: string[] = [];
  const foreign: string[] = [];
  for (const [path, text] of contents) {
    const present = await readIfPresent(join(folder, path));
    if (present === text) continue;
    if (present !== undefined) foreign.push(path);
    written.push(path);
  }
  if (foreign.length > 0 && !force) {
    throw new AppError('usage', `not overwritten in ${folder}: ${foreign.join(', ')}`, {
      hint: 'choose another folder, or replace them with --force; nothing was written',
    });
  }
  for (const path of written) await writeInto(join(folder, path), contents.get(path) ?? '');
  return written;
}

const folderHint = 'choose a folder that you may write to';

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new AppError('setup', `cannot read ${file}: ${tellFileProblem(error)}`, {
      hint: folderHint,
      cause: error,
    });
  }
}

async function writeInto(file: string, text: string): Promise<void> {
  try {
    await makeFolder(dirname(file));
    await writeFile(file, text);
  } catch (error) {
    throw new AppError('setup', `cannot write ${file}: ${tellFileProblem(error)}`, {
      hint: folderHint,
      cause: error,
    });
  }
}
