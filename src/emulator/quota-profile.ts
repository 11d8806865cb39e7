import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError, messageOf } from '../base/errors.ts';
import { awsQuotas, QuotaFile, type Quotas, quotasOf } from '../protocol/quotas.ts';

/** What `--quotas` names: `off`, `aws`, or a JSON file. */
export function loadQuotas(profile: string): Quotas | undefined {
  switch (profile) {
    case 'off':
      return undefined;
    case 'aws':
      return awsQuotas;
    default:
      return quotasOf(readQuotaFile(profile));
  }
}

function readQuotaFile(path: string): QuotaFile {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new AppError('usage', `cannot read quotas from ${path}: ${messageOf(error)}`, {
      hint: 'Give --quotas off, aws, or a JSON file such as {"extends":"aws","connects":3000}.',
      cause: error,
    });
  }
  const parsed = QuotaFile.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('usage', `${path} is no quota file:\n${z.prettifyError(parsed.error)}`, {
    hint: 'Name rates per second, such as {"extends":"aws","control":{"CreateJob":50}}.',
  });
}
