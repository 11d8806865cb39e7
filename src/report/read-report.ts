import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError, messageOf } from '../base/errors.ts';
import { tellFileProblem } from '../base/file-problem.ts';
import { Summary, schemaVersion } from './summary.ts';

export interface ReadReport {
  readonly summary: Summary;
  /** Of the run, where its other files are or belong. */
  readonly folder: string;
}

/** Problems of a report that are worth a line each; the rest is counted. */
const problemsShown = 8;

/**
 * Reads the report of a run folder or of a `report.json`. Throws AppError for what is not there, is not
 * JSON, is of another version or has members that this version does not know.
 */
export async function readReport(path: string): Promise<ReadReport> {
  const { folder, file } = await locate(path);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('usage', `cannot read ${file}: ${tellFileProblem(cause)}`, { cause });
  });
  return { summary: parseReport(text, file), folder };
}

/** The same of its text; `file` is how errors call it. */
export function parseReport(text: string, file: string): Summary {
  const json = parseJson(text, file);
  checkVersion(json, file);
  const parsed = Summary.safeParse(json);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const shown = z.prettifyError({ issues: issues.slice(0, problemsShown) });
  const rest = issues.length - problemsShown;
  throw new AppError(
    'usage',
    `${file} is no report of this version of fleetrig:\n${shown}${rest > 0 ? `\n… and ${rest} more` : ''}`,
    { hint: 'it was edited, or written by a version in between; repeat the run' },
  );
}

async function locate(path: string): Promise<{ readonly folder: string; readonly file: string }> {
  const real = await latestOf(path);
  const found = await stat(real).catch(() => undefined);
  if (found === undefined) {
    throw new AppError('usage', `${path} is not there`, {
      hint: 'name the folder of a run, such as reports/latest, or its report.json',
    });
  }
  if (!found.isDirectory()) return { folder: dirname(real), file: real };
  const file = join(real, 'report.json');
  if ((await stat(file).catch(() => undefined)) !== undefined) return { folder: real, file };
  throw new AppError('usage', `${path} holds no report.json`, {
    hint: 'name the folder of one run, such as reports/latest',
  });
}

/** Where links take rights, `latest` is a text file beside the run folders. */
export async function latestOf(path: string): Promise<string> {
  if (basename(path) !== 'latest' || (await stat(path).catch(() => undefined)) !== undefined) {
    return path;
  }
  const name = await readFile(`${path}.txt`, 'utf8').catch(() => undefined);
  return name === undefined ? path : join(dirname(path), name.trim());
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = messageOf(cause);
    const place = placeOf(message, text);
    throw new AppError('usage', `${file}${place} is not JSON: ${message}`, {
      hint: 'the file is cut short or was edited; repeat the run',
      cause,
    });
  }
}

/** `:12:5`: where the parser stopped, which it tells as an offset or, at the end, not at all. */
function placeOf(message: string, text: string): string {
  const [, told] = /at position (\d+)/.exec(message) ?? [];
  const offset = told === undefined ? text.length : Number(told);
  const lines = text.slice(0, offset).split('\n');
  return `:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}

function checkVersion(json: unknown, file: string): void {
  const version =
    typeof json === 'object' && json !== null && 'schemaVersion' in json
      ? json.schemaVersion
      : undefined;
  if (version === schemaVersion) return;
  throw new AppError(
    'usage',
    version === undefined
      ? `${file} is no report of fleetrig: it has no schemaVersion`
      : `${file} is a report of schema version ${JSON.stringify(version)}; this fleetrig reads version ${schemaVersion}`,
    { hint: 'use the version of fleetrig that made it, or repeat the run' },
  );
}
