import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadScenario } from '../scenario/load.ts';
import { scenariosIn } from './scenarios-in.ts';

export const workflowFile = '.github/workflows/rollout.yml';

/** A workflow for GitHub that runs the scenarios for every pull request, and keeps their reports. */
export function renderWorkflow(scenarios: readonly string[]): string {
  const [first = '', ...others] = scenarios;
  const isAlone = others.length === 0;
  const matrix = `    strategy: { fail-fast: false, matrix: { scenario: [${scenarios.join(', ')}] } }\n`;
  return `# The exit code is the verdict: 0 passed, 99 an expectation failed, 98 the machine was too busy.
on: pull_request
jobs:
  rollout:
${isAlone ? '' : matrix}    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npm ci # with fleetrig among your devDependencies
      - run: npx fleetrig run ${isAlone ? first : `${expression('matrix.scenario')}`}
      - { uses: actions/upload-artifact@v4, if: always(), with: { name: ${isAlone ? 'rollout' : `"rollout-${expression('strategy.job-index')}"`}, path: reports } }
`;
}

function expression(text: string): string {
  return `\${{ ${text} }}`;
}

/** Those of a project that need no service beside them; a broken one is left for CI to complain of. */
export function scenariosForCi(folder: string): string[] {
  const readText = (path: string) => readFileSync(join(folder, path), 'utf8');
  return scenariosIn(folder).filter((file) => {
    try {
      return loadScenario(file, { readText }).scenario.target === 'emulator';
    } catch {
      return true;
    }
  });
}
