import { readFile } from 'node:fs/promises';
import { AppError, messageOf } from '../base/errors.ts';
import { tellFileProblem } from '../base/file-problem.ts';
import { isSealed, Sealer } from '../base/sealed.ts';
import type { Identity } from './link.ts';

/** Where the identities of things are. */
export interface IdentityFiles {
  /** `{thing}` in a path stands for the name of the thing. */
  readonly certificatePath: string;
  readonly keyPath: string;
  /** Opens the keys that are sealed. */
  readonly passphrase?: string | undefined;
}

/** Reads identities of things by name. Rejects with AppError, which names the file and nothing of its content. */
export function identityReader(files: IdentityFiles): (thing: string) => Promise<Identity> {
  const { certificatePath, keyPath, passphrase } = files;
  const sealer = passphrase === undefined ? undefined : new Sealer(passphrase);
  return async (thing) => {
    const [certificatePem, privateKeyPem] = await Promise.all([
      readText(certificatePath.replaceAll('{thing}', thing)),
      readKey(keyPath.replaceAll('{thing}', thing), sealer),
    ]);
    return { certificatePem, privateKeyPem };
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('setup', `cannot read ${path}: ${tellFileProblem(cause)}`, { cause });
  }
}

async function readKey(path: string, sealer: Sealer | undefined): Promise<string> {
  const text = await readText(path);
  if (!isSealed(text)) return text;
  if (sealer === undefined) {
    throw new AppError('setup', `cannot open ${path}: it is sealed, and there is no passphrase`, {
      hint: 'set FLEETRIG_STORE_PASSPHRASE',
    });
  }
  try {
    return await sealer.open(text);
  } catch (cause) {
    throw new AppError('setup', `cannot open ${path}: ${messageOf(cause)}`, { cause });
  }
}
