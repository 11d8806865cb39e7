import { readFileSync } from 'node:fs';
import { awsQuotas, type Quotas, readQuotas } from '../protocol/quotas.ts';

/** What `--quotas` names: `off`, `aws`, or a JSON file. */
export function loadQuotas(profile: string): Quotas | undefined {
  switch (profile) {
    case 'off':
      return undefined;
    case 'aws':
      return awsQuotas;
    default:
      return readQuotas({
        path: profile,
        readText: (path) => readFileSync(path, 'utf8'),
        code: 'usage',
        hint: 'Give --quotas off, aws, or a JSON file such as {"extends":"aws","connects":3000}.',
      });
  }
}
