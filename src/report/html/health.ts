import { formatDuration } from '../../base/duration.ts';
import type { InvariantSummary, Summary } from '../summary.ts';
import { formatPercentage, formatSeconds, tellHarness } from '../wording.ts';
import { html } from './markup.ts';
import type { PageSection } from './page.ts';
import { figureColumns, renderTable } from './table.ts';

/** Sums that must come out, whatever the devices did. */
export function invariantsSection({ invariants }: Summary): PageSection {
  return {
    id: 'invariants',
    title: 'Invariants',
    body:
      invariants.length === 0
        ? html`<p>None could be checked.</p>`
        : renderTable({
            label: 'Invariants',
            columns: [
              { heading: 'invariant', kind: 'prose' },
              { heading: 'result', kind: 'name' },
              { heading: 'figures', kind: 'prose' },
            ],
            rows: invariants.map((each) => [each.name, resultOf(each), each.detail]),
          }),
  };
}

function resultOf({ holds, checked }: InvariantSummary) {
  if (!holds) return html`<span class="bad"><span aria-hidden="true">✗</span> broken</span>`;
  return checked
    ? html`<span class="good"><span aria-hidden="true">✓</span> holds</span>`
    : html`not checked`;
}

/** Of a target that tells no more than AWS does. */
export function observationSection(told: readonly string[]): PageSection {
  return {
    id: 'observation',
    title: 'How it was observed',
    body: html`<ul class="notes">${told.map((line) => html`<li>${line}</li>`)}</ul>`,
  };
}

/** Whether the tool itself kept up, since a late one measures itself. */
export function harnessSection(summary: Summary): PageSection {
  const { harness } = summary;
  const { trusted, reasons, workers } = harness;
  const tone = trusted ? 'good' : 'warn';
  return {
    id: 'harness',
    title: 'Harness health',
    body: html`<p><span class="${tone}"><span aria-hidden="true">${trusted ? '✓' : '!'}</span> ${trusted ? 'Trusted' : 'Not trusted'}</span>: it ${tellHarness(summary)}. Times here are wall time.</p>
${reasons.length > 0 && html`<ul class="notes">${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
<dl class="facts">
${resourceFacts(harness).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
${
  workers.length === 0
    ? html`<p class="soft">No worker threads took part.</p>`
    : renderTable({
        label: 'Worker threads',
        columns: figureColumns([
          'worker',
          'busiest second',
          'event loop delay max',
          'schedule delay p99',
          'schedule delay max',
        ]),
        rows: workers.map((worker) => [
          worker.worker,
          formatPercentage(100 * worker.eventLoopUtilizationMax),
          formatDuration(worker.eventLoopDelayMaxMs),
          formatDuration(worker.scheduleDelayP99Ms),
          formatDuration(worker.scheduleDelayMaxMs),
        ]),
      })
}`,
  };
}

function resourceFacts(harness: Summary['harness']): [name: string, value: string][] {
  const { cpuSeconds, rssBytes, emulatorLoopDelayMs, eventLoopUtilization } = harness;
  const facts: [string, string | undefined][] = [
    ['Event loop at most', `${formatPercentage(100 * eventLoopUtilization.max)} busy`],
    ['CPU of agents', formatSeconds(cpuSeconds.agents)],
    [
      'CPU of emulator',
      cpuSeconds.emulator === undefined ? undefined : formatSeconds(cpuSeconds.emulator),
    ],
    ['Memory of agents', megabytes(rssBytes.agents)],
    [
      'Memory of emulator',
      rssBytes.emulator === undefined ? undefined : megabytes(rssBytes.emulator),
    ],
    [
      'Emulator loop delay p99',
      emulatorLoopDelayMs &&
        `${formatDuration(emulatorLoopDelayMs.medianP99)} median second, ${formatDuration(emulatorLoopDelayMs.worstP99)} worst`,
    ],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
