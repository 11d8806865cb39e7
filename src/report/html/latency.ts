import { errorsOverTimeChart } from '../chart/errors-over-time.ts';
import { latencyOverTimeCharts } from '../chart/latency-over-time.ts';
import { isSentLate, latencyPercentilesChart } from '../chart/percentiles.ts';
import type { OperationSummary, Summary } from '../summary.ts';
import { wallOperations } from '../wall-operations.ts';
import {
  formatTally,
  isJumping,
  latencyHeadings,
  latencyRow,
  tellLatencyOrigin,
} from '../wording.ts';
import { renderCharts } from './chart-figure.ts';
import { html } from './markup.ts';
import type { PageSection } from './page.ts';
import { figureColumns, renderTable } from './table.ts';

/** The whole distribution of each operation, since an average hides what the unlucky meet. */
export function latencySection(summary: Summary): PageSection {
  const operations = wallOperations(summary);
  return {
    id: 'latency',
    title: 'Latency by percentile, in wall time',
    body:
      operations.length === 0
        ? html`<p>No operation was measured.</p>`
        : html`<p>${isJumping(summary) ? tellLatencyOrigin(summary) : tellOmission(operations)}</p>
${renderCharts([latencyPercentilesChart(summary)], 'No operation was answered, so there is nothing to draw.')}
${renderTable({
  label: 'Latency by operation',
  columns: [
    ...figureColumns([...latencyHeadings.slice(0, -1), 'p99 from send']),
    { heading: 'errors by code', kind: 'prose' },
  ],
  rows: operations.map((operation) => [...latencyRow(operation), tellErrors(operation)]),
})}`,
  };
}

const coordinatedOmission =
  'Whoever times only what is really sent leaves out the wait of everything that should have been sent meanwhile: coordinated omission, which makes a slow moment look like one slow request.';

function tellOmission(operations: readonly OperationSummary[]): string {
  return operations.some(isSentLate)
    ? `${coordinatedOmission} Here the solid curve and the table count from when an operation was due; the dashed curve counts from when it was sent, and where the two part, operations were sent late.`
    : `${coordinatedOmission} Here everything counts from when an operation was due. That is when it was sent, too: none was late.`;
}

/** The same along the time of the run, and what was refused or lost. */
export function overTimeSection(summary: Summary): PageSection {
  return {
    id: 'over-time',
    title: 'Latency and errors over time',
    body: html`${renderCharts(latencyOverTimeCharts(summary), 'No operation was answered.')}
${renderCharts([errorsOverTimeChart(summary)], 'No operation was refused or lost.')}`,
  };
}

function tellErrors({ errors }: OperationSummary): string {
  return formatTally(errors) || 'none';
}
