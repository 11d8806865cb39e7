import type { Summary } from './summary.ts';

/** One event a line, in order of time as the summary has them. */
export function renderEventsNdjson({ events }: Summary): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}
