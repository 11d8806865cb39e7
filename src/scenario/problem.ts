import { AppError } from '../base/errors.ts';
import type { Position } from './plan.ts';

export type Severity = 'error' | 'warning';

/** Keys and list places that lead to a value in a scenario. */
export type Path = readonly (string | number)[];

/** `fleet.cohorts[1].share` */
export function pathText(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join('');
}

/** Something to say about a value, before it is known where that value was written. */
export interface Finding {
  readonly severity: Severity;
  readonly path: Path;
  /** Whether the key is to blame or what it stands for. */
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly hint?: string | undefined;
  /** The part of a text value that is to blame. */
  readonly part?: { readonly offset: number; readonly length: number };
}

/** A finding with its place in a file: all that is needed to show it. */
export interface Problem {
  readonly severity: Severity;
  readonly position: Position;
  readonly message: string;
  readonly hint?: string | undefined;
  /** The line it is on, and how many of its characters are to blame. */
  readonly lineText: string;
  readonly length: number;
}

/** Everything wrong with a scenario at once; the message shows it all. */
export class ScenarioError extends AppError {
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    const count = `${file}: ${errors} ${errors === 1 ? 'error' : 'errors'}`;
    super('scenario', `${renderProblems(problems)}\n${count}`);
    this.problems = problems;
  }
}

export function finding(
  path: Path,
  message: string,
  extra: Partial<Omit<Finding, 'path' | 'message'>> = {},
): Finding {
  return { severity: 'error', at: 'value', path, message, ...extra };
}

/** In the order a reader meets them; those of the scenario file before those of other files. */
export function sortProblems(problems: readonly Problem[], mainFile: string): Problem[] {
  const fileRank = ({ position }: Problem) => (position.file === mainFile ? 0 : 1);
  return [...problems].sort(
    (a, b) =>
      fileRank(a) - fileRank(b) ||
      a.position.file.localeCompare(b.position.file) ||
      a.position.line - b.position.line ||
      a.position.column - b.position.column,
  );
}

/**
 * `scenario.yaml:13:9  error  unknown key "wrk"`, the line, a caret under the culprit and the hint.
 * `file:line:column` comes first so that terminals and editors make it a link.
 */
export function renderProblems(problems: readonly Problem[]): string {
  return problems.map(renderProblem).join('\n');
}

function renderProblem({ severity, position, message, hint, lineText, length }: Problem): string {
  const { file, line, column } = position;
  const gutter = `  ${line} | `;
  const blank = `${' '.repeat(gutter.length - 2)}| `;
  const carets = '^'.repeat(Math.max(1, Math.min(length, lineText.length - column + 1)));
  return [
    `${file}:${line}:${column}  ${severity}  ${message}`,
    `${gutter}${lineText.replaceAll('\t', ' ')}`,
    `${blank}${' '.repeat(column - 1)}${carets}${hint === undefined ? '' : ` ${hint}`}`,
  ].join('\n');
}
