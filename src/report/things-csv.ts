/** What one thing did with one execution; times in simulated seconds since the start of the run. */
export interface ThingRow {
  readonly thing: string;
  readonly cohort: string;
  readonly jobId: string;
  readonly executionNumber: number;
  /** The behaviour drawn for it. */
  readonly behaviour: string;
  /** The last status it told; empty when it never did. */
  readonly reported: string;
  readonly acknowledged: boolean;
  readonly updated: boolean;
  readonly noticed: number;
  readonly started?: number;
  readonly ended?: number;
}

const columns = [
  'thing',
  'cohort',
  'jobId',
  'executionNumber',
  'behaviour',
  'reported',
  'acknowledged',
  'updated',
  'noticed',
  'started',
  'ended',
] as const satisfies readonly (keyof ThingRow)[];

/** One line an execution, by thing, job and attempt. No value can hold a comma or a quote (reference §0.5). */
export function renderThingsCsv(rows: readonly ThingRow[]): string {
  const lines = [...rows]
    .sort(
      (a, b) =>
        compare(a.thing, b.thing) ||
        compare(a.jobId, b.jobId) ||
        a.executionNumber - b.executionNumber,
    )
    .map((row) => columns.map((column) => row[column] ?? '').join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
