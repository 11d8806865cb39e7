import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { messageOf } from '../base/errors.ts';
import type { Position } from './plan.ts';
import type { Problem, Severity } from './problem.ts';

/** What a text is, before it is read. */
export interface Written {
  readonly file: string;
  readonly content: string;
  /** Whether it is something else than the scenario file; anchors do not reach so far. */
  readonly isGuest: boolean;
  /** Characters before the YAML: the `fleet.things=` of a flag. */
  readonly prefixLength: number;
}

/** One text that values were written in: the scenario file, a job file, a `--set` flag. */
export interface Text extends Written {
  readonly lines: LineCounter;
  readonly document: Document;
}

/** Where in which text. */
export interface Place {
  readonly text: Text;
  readonly start: number;
  readonly end: number;
}

export interface ReadYaml {
  readonly text: Text;
  readonly problems: readonly Problem[];
  /** Whether it is no YAML, so that looking at its values would tell nonsense. */
  readonly isBroken: boolean;
}

export function readYaml(written: Written): ReadYaml {
  const { content, prefixLength } = written;
  const lines = new LineCounter();
  const yaml = ' '.repeat(prefixLength) + content.slice(prefixLength);
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false, merge: true });
  const text: Text = { ...written, lines, document };
  const doubles = document.errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  const flaws = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
  const broken = [
    ...flaws.map(({ pos, message }) =>
      problemAt(spanOf(text, pos), 'error', `not YAML: ${message}`),
    ),
    ...aliasProblems(text),
  ];
  return {
    text,
    isBroken: broken.length > 0,
    problems: [
      ...broken,
      ...doubles.map(({ pos }) =>
        problemAt(keyAt(text, pos[0]), 'error', 'this key is here twice', 'keep one of them'),
      ),
      ...document.warnings.map(({ pos, message }) =>
        problemAt(spanOf(text, pos), 'warning', message),
      ),
    ],
  };
}

function aliasProblems(text: Text): Problem[] {
  const problems: Problem[] = [];
  visit(text.document, {
    Alias: (_, alias) => {
      const [start = 0, end = 0] = alias.range ?? [];
      const place = { text, start, end };
      if (text.isGuest) {
        problems.push(problemAt(place, 'error', 'anchors work in the scenario file only'));
      } else if (alias.resolve(text.document) === undefined) {
        const message = `unknown anchor "${alias.source}"`;
        problems.push(problemAt(place, 'error', message, 'define it above'));
      }
    },
  });
  if (problems.length > 0) return problems;
  try {
    text.document.toJS();
    return [];
  } catch (error) {
    // The library's guard against aliases that multiply without bound.
    return [problemAt({ text, start: 0, end: 1 }, 'error', messageOf(error))];
  }
}

/** A part of the text that stands at a place, quotes not counted. */
export function within(place: Place, part: { offset: number; length: number }): Place {
  const written = place.text.content.slice(place.start, place.end);
  const quoteLength = /^["']/.test(written) ? 1 : 0;
  const start = place.start + quoteLength + part.offset;
  return { ...place, start, end: start + part.length };
}

export function positionOf({ text, start }: Place): Position {
  const { line, col } = text.lines.linePos(Math.min(start, text.content.length));
  return { file: text.file, line: Math.max(1, line), column: Math.max(1, col) };
}

export function problemAt(
  place: Place,
  severity: Severity,
  message: string,
  hint?: string | undefined,
): Problem {
  const position = positionOf(place);
  const lineText = place.text.content.split(/\r?\n/)[position.line - 1] ?? '';
  return { severity, position, message, hint, lineText, length: place.end - place.start };
}

function spanOf(text: Text, [start, end]: readonly [number, number]): Place {
  return { text, start, end: Math.max(end, start + 1) };
}

function keyAt(text: Text, start: number): Place {
  const length = /^[^\s:]+/.exec(text.content.slice(start))?.[0].length ?? 1;
  return { text, start, end: start + length };
}
