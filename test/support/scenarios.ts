import { type LoadedScenario, loadScenario } from '../../src/scenario/load.ts';
import type { Override } from '../../src/scenario/overrides.ts';
import { renderProblems, ScenarioError } from '../../src/scenario/problem.ts';

interface Surroundings {
  /** Other files, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly overrides?: readonly Override[];
}

/** Loads a scenario from a text, as if it were `scenario.yaml`. */
export function loadText(
  text: string,
  { files = {}, overrides = [] }: Surroundings = {},
): LoadedScenario {
  const all: Readonly<Record<string, string>> = { 'scenario.yaml': text, ...files };
  const readText = (path: string): string => {
    const found = all[path];
    if (found === undefined) throw new Error(`no such file: ${path}`);
    return found;
  };
  return loadScenario('scenario.yaml', { readText, overrides });
}

/** What a user sees of the problems in a text; empty when there are none. */
export function problemsOf(text: string, surroundings?: Surroundings): string {
  try {
    return renderProblems(loadText(text, surroundings).warnings);
  } catch (error) {
    if (error instanceof ScenarioError) return renderProblems(error.problems);
    throw error;
  }
}
