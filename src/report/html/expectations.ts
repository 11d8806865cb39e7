import type { AssertionSummary, Summary } from '../summary.ts';
import { formatCount } from '../wording.ts';
import { type Html, html } from './markup.ts';
import type { PageSection } from './page.ts';
import { renderTable } from './table.ts';

const results: Readonly<Record<AssertionSummary['result'], Html>> = {
  passed: html`<span class="good"><span aria-hidden="true">✓</span> held</span>`,
  failed: html`<span class="bad"><span aria-hidden="true">✗</span> failed</span>`,
  error: html`<span class="bad"><span aria-hidden="true">!</span> error</span>`,
  skipped: html`<span class="soft"><span aria-hidden="true">–</span> skipped</span>`,
};

/** Every line of `expect`, those that did not hold first. */
export function expectationsSection({ assertions }: Summary): PageSection {
  const isMissed = ({ result }: AssertionSummary) => result === 'failed' || result === 'error';
  const missed = assertions.filter(isMissed);
  const others = assertions.filter((assertion) => !isMissed(assertion));
  return {
    id: 'expectations',
    title: 'Expectations',
    body:
      assertions.length === 0
        ? html`<p>The scenario states none, so this run could only fail by itself.</p>`
        : html`<p>${tellResults(assertions)}</p>
${renderTable({
  label: 'Expectations',
  columns: [
    { heading: 'expectation', kind: 'prose' },
    { heading: 'result', kind: 'name' },
    { heading: 'expected', kind: 'prose' },
    { heading: 'actual', kind: 'prose' },
    { heading: 'stated at', kind: 'name' },
  ],
  rows: [...missed, ...others].map(({ expr, result, expected, actual, file, line }) => [
    html`<code>${expr}</code>`,
    results[result],
    expected,
    actual,
    html`<small>${file}:${line}</small>`,
  ]),
})}`,
  };
}

function tellResults(assertions: readonly AssertionSummary[]): string {
  const told: readonly (readonly [AssertionSummary['result'], string])[] = [
    ['failed', 'failed'],
    ['error', 'could not be evaluated'],
    ['passed', 'held'],
    ['skipped', 'only a real run can tell'],
  ];
  return `${told
    .map(
      ([result, words]) =>
        [assertions.filter((each) => each.result === result).length, words] as const,
    )
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${formatCount(count)} ${words}`)
    .join(', ')}.`;
}
