import { isAbsolute, relative, resolve } from 'node:path';
import type { Problem } from '../scenario/problem.ts';
import type { Io } from './io.ts';

/** A remark on a line of a file, as GitHub shows them beside the code. */
export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Where GitHub Actions runs the command: what is wrong with a scenario before it runs. */
export function tellProblemsToGithub(problems: readonly Problem[], io: Io): void {
  if (!isGithub(io)) return;
  annotate(
    problems.map(({ severity, position, message, hint }) => ({
      level: severity,
      title: 'fleetrig scenario',
      message: hint === undefined ? message : `${message}\n${hint}`,
      ...position,
    })),
    io,
  );
}

export function isGithub({ env }: Io): boolean {
  return env['GITHUB_ACTIONS'] === 'true';
}

/** The runner reads commands from stderr as it does from stdout, which is for results. */
export function annotate(annotations: readonly Annotation[], io: Io): void {
  for (const { level, title, message, file, line, column } of annotations) {
    const properties = { file: inRepository(file, io), line, col: column, title };
    const written = Object.entries(properties)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
    io.stderr(`::${level} ${written.join(',')}::${escapeData(message)}\n`);
  }
}

/** GitHub knows files by their path from the root of the checkout. */
function inRepository(file: string, { env, cwd }: Io): string {
  const root = env['GITHUB_WORKSPACE'];
  if (root === undefined || root === '') return file;
  const path = relative(root, resolve(cwd, file)).replaceAll('\\', '/');
  return path.startsWith('../') || isAbsolute(path) ? file : path;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
