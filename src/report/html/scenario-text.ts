import { stringify } from 'yaml';
import type { Summary } from '../summary.ts';
import { html } from './markup.ts';
import type { PageSection } from './page.ts';

/** The scenario with every default and override in place, folded. */
export function scenarioSection({ scenario }: Summary): PageSection {
  const { file, sha256, resolved } = scenario;
  return {
    id: 'scenario',
    title: 'Scenario',
    body: html`<p>As it ran, with every default and override in place; ${file}, SHA-256 <code>${sha256}</code>.</p>
<details><summary>Scenario as YAML</summary>
<pre tabindex="0" aria-label="Scenario as YAML" role="group">${stringify(resolved, { lineWidth: 100 })}</pre>
</details>`,
  };
}
