import { isoTime, wallNow } from '../base/clock.ts';

/** `2026-11-20T21-40-03Z-canary-abort`: sorts by time, and is a legal file name everywhere. */
export function newRunId(scenarioName: string): string {
  const time = isoTime(wallNow())
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  return `${time}-${scenarioName}`;
}
