import { readFileSync } from 'node:fs';

/** Scenarios to begin with: files of the folder `templates`, and what each is for. */
export const templates = {
  smoke: 'Twenty things, one job, half a minute: for every pull request',
  'canary-abort': 'A bad firmware, a careful rollout, and the rule that is to stop it',
  soak: 'Two hours of poor networks and repeated releases',
  'operator-cancel': 'Somebody stops a job, gently and with force',
  aws: 'Forty things in your AWS account, with certificates, limits and clean-up',
  boards: 'Your own board beside simulated ones, on an emulator that stays',
} as const satisfies Record<string, string>;

export type TemplateName = keyof typeof templates;

export const templateNames = Object.keys(templates) as readonly TemplateName[];

/** As it is shipped; the folder lies two up from here in `src` and in `dist` alike. */
export function readTemplate(name: TemplateName): string {
  return readFileSync(new URL(`../../templates/${name}.yaml`, import.meta.url), 'utf8');
}
