import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Choose } from '../../../src/cli/choose.ts';
import { main } from '../../../src/cli/main.ts';
import { templateNames } from '../../../src/cli/templates.ts';
import { scenarioJsonSchema } from '../../../src/scenario/schema.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { memoryIo } from '../../support/memory-io.ts';

async function initIn(cwd: string, argv: readonly string[], choose?: Choose) {
  const io = memoryIo({ cwd, choose });
  const code = await main(['init', ...argv], io);
  const read = (file: string) => readFileSync(join(cwd, file), 'utf8');
  return { code, output: io.output, errors: io.errors, read };
}

it.each(templateNames)(
  '%s validates without a warning, with the schema its first line names',
  async (template) => {
    const cwd = temporaryFolder();

    const { code, read } = await initIn(cwd, ['--template', template]);

    expect(code).toBe(0);
    const scenario = read(`scenarios/${template}.yaml`);
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(scenario) ?? [];
    expect(JSON.parse(read(`scenarios/${schema}`))).toEqual(scenarioJsonSchema());
    expect(parse(scenario, { merge: true })).toMatchObject({ name: template });
    const io = memoryIo({ cwd });
    expect(await main(['validate', `scenarios/${template}.yaml`], io), io.errors).toBe(0);
    expect(io.errors).toBe('');
  },
);

it.each(templateNames)(
  '%s is predicted to pass',
  async (template) => {
    const cwd = temporaryFolder();
    await initIn(cwd, ['--template', template]);
    const io = memoryIo({ cwd });

    const fewer = template === 'soak' ? ['--set', 'fleet.things=60'] : [];
    const argv = ['predict', `scenarios/${template}.yaml`, '--quiet', ...fewer];
    const code = await main(argv, io);

    expect(code, io.errors).toBe(0);
    // The first of them waits for the simulation to be loaded, on a busy machine for seconds.
  },
  30_000,
);

it('tells what it wrote and what to do next, from where it was called', async () => {
  const { output } = await initIn(temporaryFolder(), ['fw', '--template', 'smoke']);

  expect(output).toBe(
    [
      '  + fw/scenarios/smoke.yaml',
      '  + fw/scenarios/fleetrig.schema.json',
      '  + fw/.gitignore',
      '',
      'Next:',
      '  npx fleetrig predict fw/scenarios/smoke.yaml',
      '  npx fleetrig run fw/scenarios/smoke.yaml',
      '',
    ].join('\n'),
  );
});

it('adds a second template beside the first', async () => {
  const cwd = temporaryFolder();
  await initIn(cwd, ['--template', 'smoke']);

  const { code, output } = await initIn(cwd, ['--template', 'soak']);

  expect(code).toBe(0);
  expect(output).toMatch(/^ {2}\+ scenarios.soak\.yaml\n\nNext/);
});

it('says so when there is nothing to write', async () => {
  const cwd = temporaryFolder();
  await initIn(cwd, ['--template', 'smoke']);

  const { code, output } = await initIn(cwd, ['--template', 'smoke']);

  expect(code).toBe(0);
  expect(output).toContain('there already: scenarios/smoke.yaml, scenarios/fleetrig.schema.json\n');
});

it('overwrites nothing without --force', async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'scenarios'));
  writeFileSync(join(cwd, 'scenarios/smoke.yaml'), 'mine');

  const refused = await initIn(cwd, ['--template', 'smoke']);

  expect(refused.code).toBe(2);
  expect(refused.errors).toContain('scenarios/smoke.yaml');
  expect(refused.read('scenarios/smoke.yaml')).toBe('mine');
  expect(existsSync(join(cwd, '.gitignore'))).toBe(false);

  const forced = await initIn(cwd, ['--template', 'smoke', '--force']);

  expect(forced.code).toBe(0);
  expect(forced.read('scenarios/smoke.yaml')).toContain('name: smoke');
});

it.each([
  ['adds a line', 'node_modules/', 'node_modules/\nreports/\n'],
  ['leaves one that is there', 'a\n/reports\nb\n', 'a\n/reports\nb\n'],
  ['is not fooled by a longer name', 'reports/sample/\n', 'reports/sample/\nreports/\n'],
])('.gitignore: %s', async (_what, before, after) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, '.gitignore'), before);

  const { read } = await initIn(cwd, ['--template', 'smoke']);

  expect(read('.gitignore')).toBe(after);
});

it('--ci github writes a workflow that runs the scenario and keeps its report', async () => {
  const { read } = await initIn(temporaryFolder(), ['--template', 'smoke', '--ci', 'github']);

  const workflow = parse(read('.github/workflows/rollout.yml')) as {
    jobs: { rollout: { steps: Record<string, unknown>[] } };
  };
  const { steps } = workflow.jobs.rollout;
  expect(steps).toContainEqual({ run: 'npx fleetrig run scenarios/smoke.yaml' });
  expect(steps.at(-1)).toMatchObject({ if: 'always()', with: { path: 'reports' } });
});

type Step = Record<string, unknown>;
interface Workflow {
  readonly jobs: { rollout: { strategy?: { matrix: unknown }; steps: Step[] } };
}

it('--ci github alone writes a workflow for the scenario that is there, and asks nothing', async () => {
  const cwd = temporaryFolder();
  await initIn(cwd, ['--template', 'smoke']);

  const { code, output, errors, read } = await initIn(cwd, ['--ci', 'github'], () => {
    throw new Error('asked');
  });

  expect(code, errors).toBe(0);
  expect(output).toMatch(/^ {2}\+ \.github\/workflows\/rollout\.yml\n/);
  const { steps } = (parse(read('.github/workflows/rollout.yml')) as Workflow).jobs.rollout;
  expect(steps).toContainEqual({ run: 'npx fleetrig run scenarios/smoke.yaml' });
});

it('of several scenarios the workflow runs each, but for those that need a board', async () => {
  const cwd = temporaryFolder();
  for (const template of ['smoke', 'soak', 'boards']) await initIn(cwd, ['--template', template]);

  const { code, read } = await initIn(cwd, ['--ci', 'github']);

  expect(code).toBe(0);
  const { strategy, steps } = (parse(read('.github/workflows/rollout.yml')) as Workflow).jobs
    .rollout;
  expect(strategy).toMatchObject({
    'fail-fast': false,
    matrix: { scenario: ['scenarios/smoke.yaml', 'scenarios/soak.yaml'] },
  });
  expect(steps).toContainEqual({ run: `npx fleetrig run \${{ matrix.scenario }}` });
  expect(steps.at(-1)).toMatchObject({ with: { name: `rollout-\${{ strategy.job-index }}` } });
});

it('--ci github alone, where no scenario is, asks for a template', async () => {
  const { code, errors } = await initIn(temporaryFolder(), ['--ci', 'github']);

  expect(code).toBe(2);
  expect(errors).toContain('--template');
});

it('writes no workflow that would wait for a board', async () => {
  const cwd = temporaryFolder();

  const { code, errors } = await initIn(cwd, ['--template', 'boards', '--ci', 'github']);

  expect(code).toBe(2);
  expect(errors).toContain('needs a board');
  expect(existsSync(join(cwd, 'scenarios'))).toBe(false);
});

it('asks which template where somebody can answer', async () => {
  const asked: string[][] = [];
  const choose: Choose = async (_question, choices) => {
    asked.push(choices.map(({ value }) => value));
    return 'operator-cancel';
  };

  const { code, read } = await initIn(temporaryFolder(), [], choose);

  expect(code).toBe(0);
  expect(asked).toEqual([templateNames]);
  expect(read('scenarios/operator-cancel.yaml')).toContain('name: operator-cancel');
});

it.each<[string, Choose | undefined]>([
  ['nobody is there to ask', undefined],
  ['the question is left unanswered', async () => undefined],
])('names the templates when %s', async (_when, choose) => {
  const cwd = temporaryFolder();

  const { code, errors } = await initIn(cwd, [], choose);

  expect(code).toBe(2);
  for (const name of templateNames) expect(errors).toContain(name);
  expect(existsSync(join(cwd, 'scenarios'))).toBe(false);
});

it('schema --out writes the schema to a file', async () => {
  const cwd = temporaryFolder();
  const io = memoryIo({ cwd });

  expect(await main(['schema', '--out', 'a.json'], io)).toBe(0);
  expect(io.output).toBe('');
  expect(JSON.parse(readFileSync(join(cwd, 'a.json'), 'utf8'))).toEqual(scenarioJsonSchema());

  expect(await main(['schema', '--out', 'nowhere/a.json'], memoryIo({ cwd }))).toBe(3);
});
