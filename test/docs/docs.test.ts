import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { loadText } from '../support/scenarios.ts';
import { coveragePage } from './coverage-page.ts';
import { metricsPage } from './metrics-page.ts';
import { scenarioReference } from './scenario-reference.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

it('the scenario reference is what the schema says', async () => {
  await expect(scenarioReference()).toMatchFileSnapshot(join(root, 'docs/scenario.md'));
});

it('the coverage page is what model and dialect say', async () => {
  await expect(coveragePage()).toMatchFileSnapshot(join(root, 'docs/coverage.md'));
});

it('the metrics page is what the tables of metrics say', async () => {
  await expect(metricsPage()).toMatchFileSnapshot(join(root, 'docs/metrics.md'));
});

it('every scenario shown in the README loads', () => {
  const blocks = [...read('README.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, text = '']) => text,
  );
  const scenarios = blocks.filter((text) => text.startsWith('name:'));

  expect(scenarios.length).toBeGreaterThan(0);
  for (const text of scenarios) expect(() => loadText(text)).not.toThrow();
});

it.each(pages)('links of %s lead somewhere', (page) => {
  const targets = [...read(page).matchAll(/\]\(([^)#\s]+)/g)].map(([, target = '']) => target);
  const broken = targets.filter(
    (target) => !/^https?:/.test(target) && !existsSync(join(root, dirname(page), target)),
  );

  expect(broken).toEqual([]);
});
