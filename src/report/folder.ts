import assert from 'node:assert/strict';
import { lstat, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../base/errors.ts';
import { tellFileProblem } from '../base/file-problem.ts';
import { makeFolder } from '../base/folders.ts';

/** Where a report goes. Paths are relative, with `/` between their parts. */
export interface Folder {
  /** Replaces the whole file, or leaves it as it was. */
  write(path: string, content: string | Uint8Array): Promise<void>;
}

export function diskFolder(root: string): Folder {
  return {
    async write(path, content) {
      assert.ok(!path.split('/').includes('..'), `${path} leads out of the report folder`);
      const file = join(root, path);
      await makeFolder(dirname(file));
      await replaceWhole(file, (temporary) => writeFile(temporary, content));
    },
  };
}

/**
 * Makes the folder of a run before anything else is begun. Throws AppError when it cannot be had, and
 * when it holds another run: two runs in one folder would mix their files.
 */
export async function createRunFolder(root: string): Promise<void> {
  const hint = 'choose another --out or --run-id';
  const entries = await makeFolder(root)
    .then(() => readdir(root))
    .catch((cause: unknown) => {
      throw new AppError('setup', `cannot make ${root}: ${tellFileProblem(cause)}`, {
        hint,
        cause,
      });
    });
  if (entries.length > 0) throw new AppError('usage', `${root} is not empty`, { hint });
}

/**
 * Lets `<parent>/latest` lead to the run folder of that name: a symlink, or on Windows, where that
 * takes rights, the name in `latest.txt`. Something else called `latest` is left alone.
 */
export async function pointToLatest(
  parent: string,
  name: string,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  if (platform === 'win32') return diskFolder(parent).write('latest.txt', `${name}\n`);
  const link = join(parent, 'latest');
  const present = await lstat(link).catch(() => undefined);
  if (present !== undefined && !present.isSymbolicLink()) return;
  await replaceWhole(link, (temporary) => symlink(name, temporary));
}

/** A crash on the way leaves the old file and a temporary one, never half a file. */
async function replaceWhole(
  file: string,
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  await make(temporary);
  await rename(temporary, file);
}
