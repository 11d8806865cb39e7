import type { ComparedFigure, Comparison } from './compare.ts';
import type { JudgedLimit } from './compare-limit.ts';
import type { Summary } from './summary.ts';

/** Bump on any incompatible change. */
const comparisonVersion = 1;

/** A comparison for programs: every figure, those that are equal as well. */
export function renderComparisonJson(
  comparison: Comparison,
  limits: readonly JudgedLimit[],
): string {
  const { base, head, figures, expectations, ...runs } = comparison;
  const told = {
    comparisonVersion,
    base: factsOf(base),
    head: factsOf(head),
    ...runs,
    limits,
    expectations: expectations.map((pair) => ({
      expr: pair.expr,
      base: pair.base?.result,
      head: pair.head?.result,
    })),
    figures: figures.map(flat),
  };
  return `${JSON.stringify(told, undefined, 2)}\n`;
}

function factsOf({ run, scenario, tool }: Summary) {
  const { id, startedAt, verdict, exitCode, seed } = run;
  return { id, startedAt, verdict, exitCode, seed, scenario: scenario.name, version: tool.version };
}

/** Its unit is all that a program needs of the catalogue. */
function flat({ figure, name, ...values }: ComparedFigure) {
  return { name, ...(figure.kind === 'number' ? { unit: figure.unit } : {}), ...values };
}
