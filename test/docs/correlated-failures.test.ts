import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runSeeds } from '../../src/run/monte-carlo-worker.ts';
import { planText } from '../support/virtual.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/correlated-failures.md'), 'utf8');
const [, scenario = ''] = /```yaml\n(name:[\s\S]*?)```/.exec(page) ?? [];
const correlated = '    correlated: { by: store, size: 10 }\n';
const seeds = Array.from({ length: 200 }, (_, index) => String(index + 1));

/** The ratio of seeds with which the page's rollout cancels itself, with that in place of its correlation. */
function abortedWith(line: string): number {
  expect(scenario).toContain(correlated);
  const answer = runSeeds({ plan: planText(scenario.replace(correlated, line)), seeds });
  const runs = answer.ok ? answer.runs : [];
  return runs.filter(([job]) => job?.end === 'aborted').length / seeds.length;
}

it('the same failures abort far more rollouts when they come together, as the page says', () => {
  const independent = abortedWith('');
  const half = abortedWith(correlated.replace('10 }', '10, correlation: 50% }'));
  const whole = abortedWith(correlated);

  expect(whole / independent).toBeGreaterThan(5);
  const told = [...page.matchAll(/\| (\d+(?:\.\d)?) % \|/g)].map(([, percent]) => Number(percent));
  expect(told).toEqual([independent, half, whole].map((ratio) => Number((100 * ratio).toFixed(1))));
}, 20_000);
