import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { behaviourNames } from '../../../src/device/behaviours.ts';
import { loadScenario } from '../../../src/scenario/load.ts';
import { planScenario } from '../../../src/scenario/plan-scenario.ts';
import { scenarioJsonSchema } from '../../../src/scenario/schema.ts';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'scenarios');
const files = [
  ...readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => join(folder, file)),
  join(root, 'test/e2e/negative.yaml'),
];
const load = (file: string) =>
  loadScenario(file, { readText: (path) => readFileSync(path, 'utf8') });

describe.each(files)('%s', (file) => {
  it('loads without a warning, plans, and expects something', () => {
    const loaded = load(file);
    const { actions, expectations, population } = planScenario(loaded);

    expect(loaded.warnings).toEqual([]);
    expect(file).toContain(`${loaded.scenario.name}.yaml`);
    expect(actions.length).toBeGreaterThan(0);
    expect(expectations.length).toBeGreaterThan(1);
    expect(population.batches[0]?.count).toBeGreaterThan(0);
  });
});

it('mixed-unhappy has every behaviour', () => {
  const { scenario } = load(join(folder, 'mixed-unhappy.yaml'));
  const used = scenario.fleet.cohorts?.flatMap(({ profile }) =>
    profile.outcome.map(([name]) => name),
  );

  expect(new Set(used)).toEqual(new Set(behaviourNames));
});

it('the JSON Schema for editors describes every setting', () => {
  const schema = scenarioJsonSchema() as {
    required: string[];
    properties: Record<string, { description?: string }>;
  };

  expect(schema).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    additionalProperties: false,
    required: ['name', 'fleet', 'jobs'],
  });
  for (const [name, { description }] of Object.entries(schema.properties)) {
    expect(description, name).toMatch(/\S/);
  }
});
