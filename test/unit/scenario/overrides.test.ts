import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { parseSet, readSettings } from '../../../src/scenario/overrides.ts';
import { planScenario } from '../../../src/scenario/plan-scenario.ts';
import { loadText, problemsOf } from '../../support/scenarios.ts';

const text = `# A small one.
name: small
seed: 1
fleet:
  things: 10 # few
  group: g
  cohorts:
    - { name: a, share: 50%, profile: &slow { work: 40s } }
    - { name: b, share: 50%, profile: *slow }
jobs:
  - create: { file: job.json }
`;
const files = { 'job.json': '{ "jobId": "fw", "document": "{}" }' };
const set = (...texts: string[]) => ({ files, overrides: texts.map(parseSet) });

describe('precedence', () => {
  const env = { FLEETRIG_SEED: 'env', FLEETRIG_WORKERS: '3', FLEETRIG_OUT: 'env-out' };
  const seedAndWorkers = (
    flags: Parameters<typeof readSettings>[0],
    variables: typeof env | object,
  ) => {
    const { overrides, out } = readSettings(flags, { ...variables });
    const { seed, workers } = planScenario(loadText(text, { files, overrides }));
    return [seed, workers, out];
  };

  it('is flags over variables over the file over defaults', () => {
    const flags = { seed: 'flag', workers: '4', out: 'flag-out' };

    expect(seedAndWorkers({}, {})).toEqual(['1', 2, 'reports']);
    expect(seedAndWorkers({}, env)).toEqual(['env', 3, 'env-out']);
    expect(seedAndWorkers(flags, env)).toEqual(['flag', 4, 'flag-out']);
    expect(seedAndWorkers({ set: ['seed=set'] }, env)).toEqual(['set', 3, 'env-out']);
    expect(seedAndWorkers({ ...flags, set: ['seed=set'] }, env)).toEqual(['flag', 4, 'flag-out']);
  });

  it('takes no notice of empty and of other variables', () => {
    expect(seedAndWorkers({}, { FLEETRIG_SEED: '', FLEETRIG_FOO: 'bar' })).toEqual([
      '1',
      2,
      'reports',
    ]);
  });
});

it('takes scalars and whole YAML values', () => {
  const { scenario } = loadText(
    text,
    set(
      'fleet.things=20',
      'stop={ after: 3m }',
      'fleet.cohorts.1.share=50.0%',
      'emulator.dialect.abortGate=notified',
    ),
  );

  expect(scenario.fleet.things).toBe(20);
  expect(scenario.stop.after).toBe(180_000);
  expect(scenario.emulator.dialect.abortGate).toBe('notified');
});

it('changes one place only, also where an anchor is shared', () => {
  const { scenario } = loadText(text, set('fleet.cohorts.1.profile.work=5s'));

  expect(scenario.fleet.cohorts?.map(({ profile }) => profile.work)).toEqual([40_000, 5_000]);
});

it('reaches into job files, and can name another one', () => {
  const other = { ...files, 'other.json': '{ "jobId": "other", "document": "{}" }' };

  const { jobs } = loadText(text, {
    files: other,
    overrides: ['jobs.0.create.description=x', 'jobs.0.create.file=other.json'].map(parseSet),
  });

  expect(jobs[0]?.request).toMatchObject({ jobId: 'other', description: 'x' });
});

it.each([
  [
    'fleet.thngs=5',
    `--set:1:13  error  unknown key "thngs"
  1 | fleet.thngs=5
    |             ^ did you mean "things"?`,
  ],
  [
    'flet.things=5',
    `--set:1:1  error  unknown key "flet"
  1 | flet.things=5
    | ^^^^^^^^^^^ did you mean "fleet"?`,
  ],
  [
    'fleet.things=many',
    `--set:1:14  error  fleet.things: expected a number, not "many"
  1 | fleet.things=many
    |              ^^^^`,
  ],
  [
    'fleet.things=',
    `--set:1:1  error  fleet.things: expected a number, not nothing
  1 | fleet.things=
    | ^^^^^^^^^^^^`,
  ],
  [
    'jobs.1.at=3s',
    `--set:1:1  error  jobs has 1 items, counted from 0: there is no item "1"
  1 | jobs.1.at=3s
    | ^^^^^^^^^`,
  ],
  [
    'name.first=x',
    `--set:1:1  error  name is not a mapping, so it has no "first"
  1 | name.first=x
    | ^^^^^^^^^^`,
  ],
  [
    'name=[',
    `--set:1:7  error  not YAML: Flow sequence must end with a ]
  1 | name=[
    |       ^`,
  ],
  [
    'fleet.cohorts=*slow',
    `--set:1:15  error  anchors work in the scenario file only
  1 | fleet.cohorts=*slow
    |               ^^^^^`,
  ],
])('--set %s is told as a problem of the flag', (flag, problems) => {
  expect(problemsOf(text, set(flag))).toBe(problems);
});

it.each(['fleet.things', '=5', 'fleet..things=5', '.a=1', ''])('--set %s has no path', (flag) => {
  expect(() => parseSet(flag)).toThrow(AppError);
});

it('can be written back as YAML that plans the same', () => {
  const loaded = loadText(text, set('fleet.things=20', 'stop.after=3m', 'seed=0x10'));
  const yaml = loaded.renderYaml();

  expect(yaml).toContain('# A small one.');
  expect(yaml).not.toContain('job.json');
  const { actions, ...plan } = planScenario(loaded);
  const { actions: actionsAgain, ...planAgain } = planScenario(loadText(yaml));
  const dropPosition = ({ position: _, ...action }: (typeof actions)[number]) => action;
  expect(planAgain).toEqual(plan);
  expect(actionsAgain.map(dropPosition)).toEqual(actions.map(dropPosition));
});
