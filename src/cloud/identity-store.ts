import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError, messageOf } from '../base/errors.ts';
import { isMissing, tellFileProblem } from '../base/file-problem.ts';
import { makeFolder } from '../base/folders.ts';
import { isSealed, Sealer } from '../base/sealed.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A certificate and its private key. Secret. */
export interface StoredIdentity {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** How the files of a store are called; `{name}` is the thing, the cohort, or `fleet`. */
export const storedFiles = { certificate: '{name}.pem.crt', key: '{name}.pem.key' } as const;

/** Where the keys of the run of that prefix are: outside any run folder, which people pass on. */
export function identityFolder(env: Env, prefix: string): string {
  const { FLEETRIG_STATE_DIR: own, XDG_STATE_HOME: xdg } = env;
  const state = own || join(xdg || join(homedir(), '.local', 'state'), 'fleetrig');
  return join(resolve(state), 'identities', prefix);
}

/**
 * The keys and certificates of one run, for its owner's eyes only: folder 0700, files 0600, keys sealed
 * where the environment has FLEETRIG_STORE_PASSPHRASE. What is saved is on the disk when it is said to be.
 */
export class IdentityStore {
  readonly folder: string;
  /** Opens the keys, where they are sealed. Secret. */
  readonly passphrase: string | undefined;
  readonly #sealer: Sealer | undefined;
  #made: Promise<void> | undefined;

  constructor(folder: string, passphrase?: string) {
    this.folder = folder;
    this.passphrase = passphrase || undefined;
    this.#sealer = passphrase ? new Sealer(passphrase) : undefined;
  }

  static of(env: Env, prefix: string): IdentityStore {
    return new IdentityStore(identityFolder(env, prefix), env['FLEETRIG_STORE_PASSPHRASE']);
  }

  async saveKey(name: string, pem: string): Promise<void> {
    await this.#save(this.#path('key', name), (await this.#sealer?.seal(pem)) ?? pem);
  }

  saveCertificate(name: string, pem: string): Promise<void> {
    return this.#save(this.#path('certificate', name), pem);
  }

  /** Undefined when none was saved. */
  async readKey(name: string): Promise<string | undefined> {
    const path = this.#path('key', name);
    const text = await readText(path);
    if (text === undefined || !isSealed(text)) return text;
    if (this.#sealer === undefined) throw cannotOpen(path, 'it is sealed with a passphrase');
    try {
      return await this.#sealer.open(text);
    } catch (error) {
      throw cannotOpen(path, messageOf(error));
    }
  }

  readCertificate(name: string): Promise<string | undefined> {
    return readText(this.#path('certificate', name));
  }

  /** Both, or undefined. */
  async read(name: string): Promise<StoredIdentity | undefined> {
    const certificatePem = await this.readCertificate(name);
    const privateKeyPem = certificatePem === undefined ? undefined : await this.readKey(name);
    if (certificatePem === undefined || privateKeyPem === undefined) return undefined;
    return { certificatePem, privateKeyPem };
  }

  /** False when there was none. */
  async remove(): Promise<boolean> {
    const isThere = (await stat(this.folder).catch(() => undefined)) !== undefined;
    await rm(this.folder, { recursive: true, force: true });
    return isThere;
  }

  #path(kind: keyof typeof storedFiles, name: string): string {
    return join(this.folder, storedFiles[kind].replace('{name}', name));
  }

  /** Under another name first: a file of that name is always whole. */
  async #save(path: string, text: string): Promise<void> {
    try {
      this.#made ??= makePrivate(this.folder);
      await this.#made;
      const file = await open(`${path}.new`, 'w', 0o600);
      try {
        await file.writeFile(text);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
    } catch (cause) {
      throw new AppError('setup', `cannot write ${path}: ${tellFileProblem(cause)}`, {
        hint: 'set FLEETRIG_STATE_DIR to a folder of yours',
        cause,
      });
    }
  }
}

async function makePrivate(folder: string): Promise<void> {
  await makeFolder(resolve(folder, '..'));
  await mkdir(folder, { mode: 0o700, recursive: true });
  await chmod(folder, 0o700);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new AppError('setup', `cannot read ${path}: ${tellFileProblem(cause)}`, { cause });
  }
}

function cannotOpen(path: string, why: string): AppError {
  return new AppError('setup', `cannot open the key ${path}: ${why}`, {
    hint: 'set FLEETRIG_STORE_PASSPHRASE to what it was when the run began',
  });
}
