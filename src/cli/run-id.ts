import { isoTime, wallNow } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';

/** `2026-11-20T21-40-03Z-canary-abort`: sorts by time, and is a legal file name everywhere. */
export function newRunId(scenarioName: string): string {
  const time = isoTime(wallNow())
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  return `${time}-${scenarioName}`;
}

/** Throws AppError for what is no folder name. */
export function checkRunId(runId: string): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/.test(runId)) return;
  throw new AppError('usage', `--run-id ${runId}: not a folder name`, {
    hint: 'use letters, digits, ".", "_" and "-"',
  });
}
