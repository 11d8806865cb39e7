import type { Chart, ChartSize } from '../chart/chart.ts';
import { type ChartRow, tabulate } from '../chart/chart-table.ts';
import { legendOf } from '../chart/legend.ts';
import { renderChart } from '../chart/render-chart.ts';
import { compactPaths } from './compact-paths.ts';
import { type Content, type Html, html, trusted } from './markup.ts';
import { figureColumns, renderTable } from './table.ts';

/**
 * A chart with all that belongs to it: legend, caption, its figures as a table. It is drawn twice, for
 * wide screens and for narrow ones, so that its text is readable on both; without a style sheet the wide
 * one shows.
 */
export function renderChartFigure(chart: Chart): Html {
  const { headings, rows } = tabulate(chart);
  const label = `Figures: ${chart.title}`;
  // A cloud of dots has no order to walk along; each tells itself when pointed at.
  const isCloud = chart.series.some(({ shape, points }) => shape === 'dots' && points.length > 1);
  const isRead = rows.length > 0 && !isCloud;
  const table = renderTable({
    label,
    columns: figureColumns(headings),
    rows: rows.map(({ cells }) => cells),
    ...(isRead && { positions: rows.map(({ position }) => position) }),
  });
  return html`<figure class="chart" id="${chart.id}">
<figcaption>${chart.title}</figcaption>
<ul class="legend">${legendOf(chart).map(
    ({ key, name, swatch }) => html`<li data-key="${key}">${trusted(swatch)} ${name}</li>`,
  )}</ul>
<div class="plot">
<div class="wide">${drawn(chart, 'wide')}</div>
<div class="narrow" hidden>${drawn(chart, 'narrow')}</div>
${isRead && renderProbe(chart.title, rows)}</div>
${isRead && html`<output aria-live="polite"></output>`}
${chart.caption !== undefined && html`<p class="caption">${chart.caption}</p>`}
<details><summary>${label}</summary>
${table}
</details>
</figure>`;
}

function drawn(chart: Chart, size: ChartSize): Html {
  return trusted(compactPaths(renderChart(chart, size)));
}

/** Those that there is something to draw for, or why there is none. */
export function renderCharts(charts: readonly (Chart | undefined)[], otherwise: string): Content {
  const known = charts.filter((chart) => chart !== undefined);
  return known.length === 0
    ? html`<p class="soft">${otherwise}</p>`
    : known.map((chart) => html`${renderChartFigure(chart)}\n`);
}

/** Lies over the plot once the script has shown it; what is read goes to the output below. */
function renderProbe(title: string, rows: readonly ChartRow[]): Html {
  return html`<div class="probe" role="slider" tabindex="0" aria-label="${`Cross-hair: ${title}`}" aria-valuemin="0" aria-valuemax="${rows.length - 1}" aria-valuenow="0" aria-valuetext="${rows[0]?.cells[0]}" hidden><div></div></div>
`;
}
