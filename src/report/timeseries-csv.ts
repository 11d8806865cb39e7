import type { Summary } from './summary.ts';

/** RFC 4180, but for the line ends, which are those of every other file here. */
export function renderTimeseriesCsv({ timeseries }: Summary): string {
  const rows = [timeseries.columns.map(quoted), ...timeseries.rows];
  return rows.map((row) => `${row.join(',')}\n`).join('');
}

/** A field as RFC 4180 wants it. */
export function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
