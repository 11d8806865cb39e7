import { AppError } from '../base/errors.ts';
import { tellResources } from '../report/cloud-text.ts';
import type { CloudSettings } from '../run/cloud-facts.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Io } from './io.ts';

export interface Question {
  readonly plan: Plan;
  readonly settings: CloudSettings;
  /** Whether --yes was given. */
  readonly hasConsent: boolean;
  /** Whether stdout is for programs. */
  readonly isUnattended: boolean;
}

/** Asks once before a run makes anything on AWS. Throws AppError `usage` without a yes. */
export async function askBeforeAws(question: Question, io: Io): Promise<void> {
  const { plan, settings, hasConsent, isUnattended } = question;
  const { target } = plan;
  if (target.kind !== 'aws' || target.confirm || hasConsent) return;
  const { createsOf, previewRun, resourcesOf } = await import('../run/preview.ts');
  const creates = tellResources(createsOf(resourcesOf(plan, target, settings.scenarioDir)));
  if (io.choose === undefined || isUnattended) {
    throw new AppError(
      'usage',
      `nobody has agreed to what the run would create on AWS: ${creates}`,
      {
        hint: 'see what it takes with --dry-run, then agree with --yes, or confirm: true in the scenario',
      },
    );
  }
  const { tellPreviewInShort } = await import('./dry-run-text.ts');
  io.stderr(`${tellPreviewInShort(await previewRun(plan, settings))}\n`);
  const answer = await io.choose('Create this on AWS?', [
    { value: 'no', describe: 'create nothing' },
    { value: 'yes', describe: 'create it, run, and take it away again' },
  ]);
  if (answer === 'yes') return;
  throw new AppError('usage', 'nothing was created', {
    hint: '--dry-run tells all that a run takes; --yes agrees without being asked',
  });
}
