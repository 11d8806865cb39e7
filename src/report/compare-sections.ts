import {
  type ComparedExpectation,
  type ComparedFigure,
  type Comparison,
  isChange,
  realChanges,
} from './compare.ts';
import type { JudgedLimit } from './compare-limit.ts';
import {
  figureHeadings,
  figureRow,
  settingHeadings,
  settingRow,
  tellExpectation,
  tellRelation,
  tellTotals,
} from './compare-wording.ts';
import type { Tone } from './text-page.ts';

export interface SectionItem {
  readonly tone: Extract<Tone, 'good' | 'bad' | 'warning' | 'faint'>;
  readonly text: string;
}

export interface SectionTable {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A part of a comparison, for every format alike: sentences, then a table. */
export interface ComparisonSection {
  readonly id:
    | 'runs'
    | 'limits'
    | 'expectations'
    | 'changes'
    | 'lone'
    | 'latency'
    | 'rest'
    | 'settings';
  readonly title: string;
  readonly items: readonly SectionItem[];
  readonly table?: SectionTable;
}

/** What is to be said of two runs, in order of weight. A section without content is left out. */
export function comparisonSections(
  comparison: Comparison,
  limits: readonly JudgedLimit[],
): ComparisonSection[] {
  const { conditions, expectations, figures, settings, warnings } = comparison;
  const sections: ComparisonSection[] = [
    {
      id: 'runs',
      title: 'Runs',
      items: [
        { tone: 'faint', text: tellRelation(comparison) },
        { tone: 'faint', text: tellTotals(comparison) },
        ...warnings.map((text) => ({ tone: 'warning', text }) as const),
      ],
      table: {
        headings: ['fact', 'base', 'head'],
        rows: [
          ['run', comparison.base.run.id, comparison.head.run.id],
          ...conditions.map(({ name, base, head }) => [name, base, head]),
        ],
      },
    },
    { id: 'limits', title: 'Limits', items: limits.map(limitItem) },
    {
      id: 'expectations',
      title: 'Expectations that came out otherwise',
      items: expectations.map(expectationItem),
    },
    {
      id: 'changes',
      title: 'Changes',
      items: figures.some(isChange)
        ? []
        : [{ tone: 'good', text: 'nothing has changed, as far as two runs can tell' }],
      table: tableOf(gravestFirst(figures.filter((figure) => isChange(figure) && !isLone(figure)))),
    },
    loneSection(figures.filter(isLone)),
    { id: 'latency', title: 'Latency', items: [], table: tableOf(figures.filter(isMainLatency)) },
    {
      id: 'rest',
      title: 'Other differences',
      items: [],
      table: tableOf(
        figures.filter(
          (figure) =>
            figure.change !== 'same' && !isChange(figure) && !figure.name.startsWith('latency.'),
        ),
      ),
    },
    {
      id: 'settings',
      title: 'Settings that differ',
      items: [],
      table: { headings: settingHeadings, rows: settings.map(settingRow) },
    },
  ];
  return sections.filter(({ items, table }) => items.length > 0 || (table?.rows.length ?? 0) > 0);
}

function gravestFirst(figures: readonly ComparedFigure[]): ComparedFigure[] {
  return realChanges.flatMap((kind) => figures.filter(({ change }) => change === kind));
}

function isLone({ change }: ComparedFigure): boolean {
  return change === 'only-base' || change === 'only-head';
}

/** More of them than this is another kind of run, a prediction for one; a list would hide the rest. */
const loneShown = 24;

function loneSection(lone: readonly ComparedFigure[]): ComparisonSection {
  const section = { id: 'lone', title: 'In one run only' } as const;
  if (lone.length <= loneShown) return { ...section, items: [], table: tableOf(lone) };
  const inBase = lone.filter(({ change }) => change === 'only-base').length;
  const text = `${inBase} figures only in base, ${lone.length - inBase} only in head; the JSON and the page list them`;
  return { ...section, items: [{ tone: 'warning', text }] };
}

/** Shown whether it differs or not. */
function isMainLatency({ name }: ComparedFigure): boolean {
  return /^latency\.[^.]+\.(p50|p90|p99|p999|max)$/.test(name);
}

function tableOf(figures: readonly ComparedFigure[]): SectionTable {
  return { headings: figureHeadings, rows: figures.map(figureRow) };
}

function limitItem({ text, result, detail }: JudgedLimit): SectionItem {
  const told = { met: 'met', 'not met': 'not met', error: 'cannot be judged' }[result];
  return { tone: result === 'not met' ? 'good' : 'bad', text: `${text}: ${told}, ${detail}` };
}

function expectationItem(expectation: ComparedExpectation): SectionItem {
  const result = expectation.head?.result;
  const tone = result === 'passed' ? 'good' : result === undefined ? 'faint' : 'bad';
  return { tone, text: `${expectation.expr}: ${tellExpectation(expectation)}` };
}
