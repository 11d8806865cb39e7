import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Asked } from '../run/calibrate.ts';
import type { Question } from '../run/calibration.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Override } from '../scenario/overrides.ts';
import { planScenario } from '../scenario/plan-scenario.ts';
import type { Io } from './io.ts';
import { sourceOf } from './scenario-file.ts';

/** The scenario of a question, as it is shipped, with what the command line says on top. */
export function loadQuestion(
  question: Question,
  overrides: readonly Override[],
  { cwd }: Pick<Io, 'cwd'>,
): Asked {
  const file = `templates/calibrate/${question.name}.yaml`;
  // The folder lies two up from here in `src` and in `dist` alike.
  const shipped = new URL(`../../${file}`, import.meta.url);
  const loaded = loadScenario(file, {
    readText: (path) => readFileSync(path === file ? shipped : resolve(cwd, path), 'utf8'),
    overrides: [...pace(overrides), ...overrides],
  });
  return {
    question,
    plan: planScenario(loaded),
    source: sourceOf(loaded),
    resolvedYaml: loaded.renderYaml(),
  };
}

/** On our own emulator nobody has to wait; elsewhere time cannot jump. */
function pace(overrides: readonly Override[]): Override[] {
  if (overrides.some(({ path }) => path[0] === 'target')) return [];
  return [{ origin: 'calibrate', prefix: '', path: ['clock', 'scale'], value: 'max' }];
}
