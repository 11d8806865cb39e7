import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DescribeCertificateCommand, type IoTClient } from '@aws-sdk/client-iot';
import { AppError } from '../base/errors.ts';
import { tellFileProblem } from '../base/file-problem.ts';
import { certificateIdOf } from './device-key.ts';
import type { StoredIdentity } from './identity-store.ts';
import { inLanes } from './lanes.ts';
import { isMissingResource } from './service-errors.ts';

export interface BroughtFiles {
  readonly folder: string;
  /** Their names there, with `{name}`. */
  readonly certificate: string;
  readonly key: string;
}

/** Problems that are told one by one; the others are counted. */
const problemsShown = 8;

/** Reads the certificate of that name and its key; AppError when they are not there or no pair. */
export async function readBrought(files: BroughtFiles, name: string): Promise<StoredIdentity> {
  const [certificatePath = '', keyPath = ''] = [files.certificate, files.key].map((pattern) =>
    join(resolve(files.folder), pattern.replaceAll('{name}', name)),
  );
  const [certificatePem, privateKeyPem] = [await read(certificatePath), await read(keyPath)];
  if (!isPair(certificatePem, privateKeyPem)) {
    throw new AppError('setup', `${certificatePath} and ${keyPath} are no certificate and its key`);
  }
  return { certificatePem, privateKeyPem };
}

/**
 * The ARNs of certificates that the user brings, by name: each is there with its key, registered in the
 * account and active. AppError with everything that is wrong.
 */
export async function verifyBrought(
  iot: IoTClient,
  files: BroughtFiles,
  count: number,
  nameOf: (index: number) => string,
): Promise<ReadonlyMap<string, string>> {
  const problems: string[] = [];
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    try {
      ids[index] = certificateIdOf((await readBrought(files, nameOf(index))).certificatePem);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.push(error.message);
    }
  }
  refuse(problems);
  const arns = new Map<string, string>();
  await inLanes(count, async (index) => {
    const name = nameOf(index);
    const found = await describe(iot, ids[index] ?? '');
    if (found?.status === 'ACTIVE') arns.set(name, found.arn);
    else
      problems.push(`the certificate of ${name} is ${found?.status ?? 'not there'} in the account`);
  });
  refuse(problems);
  return arns;
}

function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const rest = problems.length - problemsShown;
  const lines = [...problems.slice(0, problemsShown), ...(rest > 0 ? [`… and ${rest} more`] : [])];
  throw new AppError('setup', lines.join('\n'), {
    hint: 'correct target.aws.identity: dir, certificate, key; or activate them in the account',
  });
}

async function describe(iot: IoTClient, certificateId: string) {
  try {
    const { certificateDescription: found } = await iot.send(
      new DescribeCertificateCommand({ certificateId }),
    );
    return { arn: found?.certificateArn ?? '', status: found?.status };
  } catch (error) {
    if (isMissingResource(error)) return undefined;
    throw error;
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('setup', `cannot read ${path}: ${tellFileProblem(cause)}`, { cause });
  }
}

function isPair(certificatePem: string, privateKeyPem: string): boolean {
  try {
    return new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(privateKeyPem));
  } catch {
    return false;
  }
}
