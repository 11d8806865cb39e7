import { basename, dirname, extname, resolve } from 'node:path';
import { AppError } from '../base/errors.ts';
import { tellFileProblem } from '../base/file-problem.ts';
import { type Comparison, compareSummaries } from '../report/compare.ts';
import { renderComparisonHtml } from '../report/compare-html.ts';
import { renderComparisonJson } from '../report/compare-json.ts';
import {
  type ChangeLimit,
  type JudgedLimit,
  judgeChange,
  parseChangeLimit,
} from '../report/compare-limit.ts';
import { renderComparisonMarkdown } from '../report/compare-markdown.ts';
import { namesIn } from '../report/compare-names.ts';
import { comparisonSections } from '../report/compare-sections.ts';
import { renderComparisonText } from '../report/compare-text.ts';
import { figureLookup } from '../report/figures.ts';
import { diskFolder } from '../report/folder.ts';
import { readReport } from '../report/read-report.ts';
import type { Summary } from '../report/summary.ts';
import { exitCodes } from '../run/exit-codes.ts';
import { knownNames } from '../scenario/known-names.ts';
import type { CompareOrder, Format } from './compare.ts';
import type { Io } from './io.ts';

type KnownNames = ReturnType<typeof namesIn>;

/** Carries out `fleetrig compare`: 99 when a limit is met, or cannot be judged. */
export async function compareReports(order: CompareOrder, io: Io): Promise<number> {
  const base = (await readReport(resolve(io.cwd, order.base))).summary;
  const head = (await readReport(resolve(io.cwd, order.head))).summary;
  const limits = parseLimits(order.failOn, namesOf(base, head)).map((limit) =>
    judgeChange(limit, figureLookup(base), figureLookup(head)),
  );
  const rendered = render(order, compareSummaries(base, head), limits, io);
  if (order.out === undefined) {
    io.stdout(rendered);
  } else {
    await save(resolve(io.cwd, order.out), rendered);
    io.stdout(`wrote ${order.out}\n`);
  }
  const broken = limits.filter(({ result }) => result !== 'not met');
  if (order.out !== undefined || order.format === 'json') {
    for (const { text, result, detail } of broken) {
      io.stderr(`${text}: ${result === 'met' ? 'met' : 'cannot be judged'}, ${detail}\n`);
    }
  }
  return broken.length === 0 ? exitCodes.passed : exitCodes.failed;
}

/** Codes that a service may answer with need not have come up to be named. */
function namesOf(base: Summary, head: Summary): KnownNames {
  const seen = namesIn([base, head]);
  const known = knownNames(seen.job, seen.cohort);
  return { ...known, errorCode: [...new Set([...known.errorCode, ...seen.errorCode])] };
}

/** Throws AppError with everything that is wrong with any of them. */
function parseLimits(texts: readonly string[], known: KnownNames): ChangeLimit[] {
  const limits: ChangeLimit[] = [];
  const problems: string[] = [];
  for (const text of texts) {
    const parsed = parseChangeLimit(text, known);
    if (parsed.ok) {
      limits.push(parsed.limit);
      continue;
    }
    const { message, hint, offset, length } = parsed.problem;
    const carets = `${' '.repeat(offset)}${'^'.repeat(Math.max(1, length))}`;
    problems.push(
      `--fail-on: ${message}\n  | ${text}\n  | ${carets}${hint === undefined ? '' : ` ${hint}`}`,
    );
  }
  if (problems.length === 0) return limits;
  throw new AppError('usage', problems.join('\n'), {
    hint: 'figures have the names that expect knows',
  });
}

function render(
  order: CompareOrder,
  comparison: Comparison,
  limits: readonly JudgedLimit[],
  io: Io,
): string {
  const sections = comparisonSections(comparison, limits);
  switch (order.format ?? formatOf(order.out)) {
    case 'text': {
      const options = {
        columns: Math.max(60, Math.min(io.outputColumns, 120)),
        isUnicode: io.isUnicode,
        style: (_: unknown, text: string) => text,
      };
      return `${renderComparisonText(sections, options).join('\n')}\n`;
    }
    case 'markdown':
      return renderComparisonMarkdown(sections);
    case 'html':
      return renderComparisonHtml(comparison, sections);
    case 'json':
      return renderComparisonJson(comparison, limits);
  }
}

const formatByEnding: Readonly<Record<string, Format>> = {
  '.html': 'html',
  '.json': 'json',
  '.md': 'markdown',
};

function formatOf(out: string | undefined): Format {
  return (out === undefined ? undefined : formatByEnding[extname(out)]) ?? 'text';
}

async function save(file: string, text: string): Promise<void> {
  try {
    await diskFolder(dirname(file)).write(basename(file), text);
  } catch (cause) {
    throw new AppError('setup', `cannot write ${file}: ${tellFileProblem(cause)}`, {
      hint: 'choose another --out',
      cause,
    });
  }
}
