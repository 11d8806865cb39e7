import { type PercentileCurve, percentilesChart } from './chart/percentiles.ts';
import { type Change, type Comparison, realChanges } from './compare.ts';
import type { ComparisonSection, SectionItem, SectionTable } from './compare-sections.ts';
import { changeWords, figureHeadings, figureRow, tellRelation } from './compare-wording.ts';
import { renderChartFigure } from './html/chart-figure.ts';
import { type Content, type Html, html } from './html/markup.ts';
import { type PageSection, renderPage } from './html/page.ts';
import { type Column, renderTable } from './html/table.ts';
import type { Summary } from './summary.ts';
import { formatCount } from './wording.ts';

/** A comparison as one offline page: what is told in text, and both percentile curves of each operation. */
export function renderComparisonHtml(
  comparison: Comparison,
  sections: readonly ComparisonSection[],
): string {
  const { base, head } = comparison;
  return renderPage({
    title: `${base.run.id} and ${head.run.id} compared`,
    masthead: masthead(comparison, sections),
    sections: [
      ...sections.map((section) => pageSection(section, comparison)),
      allFigures(comparison),
    ],
    footer: html`Compared by fleetrig from the report.json of both runs.`,
  });
}

const tones: Readonly<Record<SectionItem['tone'], readonly [look: string, mark: string]>> = {
  good: ['good', '✓'],
  bad: ['bad', '✗'],
  warning: ['warn', '!'],
  faint: ['', ''],
};

const changeTones: Readonly<Partial<Record<Change, SectionItem['tone']>>> = {
  worse: 'bad',
  better: 'good',
  changed: 'warning',
  'only-base': 'warning',
  'only-head': 'warning',
};

function masthead(comparison: Comparison, sections: readonly ComparisonSection[]): Html {
  const { base, head } = comparison;
  const names = [...new Set([base.scenario.name, head.scenario.name])];
  const [tone, word] = overall(comparison, sections);
  return html`<p class="kicker">fleetrig comparison</p>
<h1>${names.join(' and ')}</h1>
<p class="verdict"><span class="badge ${tones[tone][0]}"><span aria-hidden="true">${tones[tone][1]}</span> ${word}</span> <span>${tellRelation(comparison)}</span></p>
<dl class="figures">
${tiles.map(
  ([name, changes]) =>
    html`<div><dt>${name}</dt><dd>${formatCount(countOf(comparison, changes))}</dd></div>\n`,
)}</dl>
<dl class="facts">
${[runFact('base', base), runFact('head', head)]}</dl>`;
}

const tiles: readonly (readonly [name: string, changes: readonly Change[]])[] = [
  [changeWords.worse, ['worse']],
  [changeWords.better, ['better']],
  [changeWords.changed, ['changed']],
  ['in one run only', ['only-base', 'only-head']],
  [changeWords.unknown, ['unknown']],
  [changeWords.noise, ['noise']],
  [changeWords.same, ['same']],
];

/** Broken limits first: they are what somebody asked about. */
function overall(
  comparison: Comparison,
  sections: readonly ComparisonSection[],
): readonly [SectionItem['tone'], string] {
  const limits = sections.find(({ id }) => id === 'limits')?.items ?? [];
  const broken = limits.filter(({ tone }) => tone === 'bad').length;
  if (broken > 0)
    return ['bad', broken === 1 ? 'A limit is broken' : `${broken} limits are broken`];
  const worse = countOf(comparison, ['worse']);
  if (worse > 0) return ['bad', worse === 1 ? 'One figure is worse' : `${worse} figures are worse`];
  return countOf(comparison, realChanges) > 0
    ? ['warning', 'Changed, nothing worse']
    : ['good', 'No change beyond noise'];
}

function countOf({ figures }: Comparison, changes: readonly Change[]): number {
  return figures.filter(({ change }) => changes.includes(change)).length;
}

function runFact(which: string, { run, tool }: Summary): Html {
  return html`<div><dt>${which}</dt><dd>${run.id}, ${run.verdict}, seed ${run.seed}, fleetrig ${tool.version}</dd></div>
`;
}

function pageSection(
  { id, title, items, table }: ComparisonSection,
  comparison: Comparison,
): PageSection {
  // What the runs have in common stands in the masthead.
  const listed = id === 'runs' ? items.filter(({ tone }) => tone !== 'faint') : items;
  const list = listed.length > 0 && html`<ul class="notes">${listed.map(renderItem)}</ul>`;
  const rows = table !== undefined && table.rows.length > 0 && tableOf(title, table);
  return {
    id,
    title,
    body: [id === 'latency' && latencyCharts(comparison), list, rows],
  };
}

function renderItem({ tone, text }: SectionItem): Html {
  const [look, mark] = tones[tone];
  return html`<li>${mark !== '' && html`<span class="${look}" aria-hidden="true">${mark}</span> `}${text}</li>`;
}

/** Tables of figures have the verdict last, which gets its colour; others are plain text. */
function tableOf(label: string, { headings, rows }: SectionTable): Html {
  const isOfFigures = headings === figureHeadings;
  const columns = headings.map(
    (heading, index): Column => ({
      heading,
      kind: index === 0 || heading === 'verdict' ? 'name' : isOfFigures ? 'figure' : 'prose',
    }),
  );
  return renderTable({
    label,
    columns,
    rows: isOfFigures ? rows.map((row) => row.map((cell) => verdictOr(cell))) : rows,
  });
}

function verdictOr(cell: string): Content {
  const change = changeOfWord.get(cell);
  const tone = change === undefined ? undefined : changeTones[change];
  if (tone === undefined) return cell;
  const [look, mark] = tones[tone];
  return html`<span class="${look}"><span aria-hidden="true">${mark}</span> ${cell}</span>`;
}

const changeOfWord = new Map(
  Object.entries(changeWords).map(([change, word]) => [word, change as Change]),
);

/** Both runs in one plot, an operation each; of what only one run has measured, its curve alone. */
function latencyCharts({ base, head }: Comparison): Html[] {
  const names = [...new Set([...base.operations, ...head.operations].map(({ name }) => name))];
  return names.flatMap((name) => {
    const curves = [
      ...curvesOf(base, name, { name: 'base', color: 'muted', dash: 'dashed' }),
      ...curvesOf(head, name, { name: 'head', color: 'notified' }),
    ];
    const chart = percentilesChart(`percentiles-${name}`, `Latency by percentile: ${name}`, curves);
    return chart === undefined ? [] : [renderChartFigure(chart)];
  });
}

function curvesOf(
  { operations }: Summary,
  name: string,
  look: Omit<PercentileCurve, 'hdrBase64' | 'maxUs'>,
): PercentileCurve[] {
  return operations
    .filter((operation) => operation.name === name)
    .map(({ hdrBase64, corrected }) => ({ ...look, hdrBase64, maxUs: corrected.max }));
}

function allFigures({ figures }: Comparison): PageSection {
  const rows = figures.map(figureRow);
  return {
    id: 'all',
    title: 'All figures',
    body: html`<details><summary>${formatCount(rows.length)} figures</summary>
${tableOf('All figures', { headings: figureHeadings, rows })}
</details>`,
  };
}
