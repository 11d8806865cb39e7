import { expect, it } from 'vitest';
import type { LoadedScenario } from '../../../src/scenario/load.ts';
import { readSettings, type SettingFlags } from '../../../src/scenario/overrides.ts';
import { settingsInForce } from '../../../src/scenario/settings-in-force.ts';
import { loadText } from '../../support/scenarios.ts';

const text = `name: a
seed: 3
fleet:
  things: 10
  group: g
  workers: 2
  cohorts:
    - { name: all, share: 100%, profile: { work: { uniform: [5s, 9s] } } }
jobs:
  - create: { file: job.json }
`;
const files = { 'job.json': '{ "jobId": "fw",\n  "document": "{}" }' };

function load(flags: SettingFlags = {}, env: Record<string, string> = {}): LoadedScenario {
  return loadText(text, { files, overrides: readSettings(flags, env).overrides });
}

function find(loaded: LoadedScenario, path: string) {
  return settingsInForce(loaded).find((each) => each.path === path);
}

it('tells where a value is written', () => {
  expect(find(load(), 'fleet.things')).toEqual({
    path: 'fleet.things',
    value: '10',
    origin: 'scenario.yaml:4',
  });
  expect(find(load(), 'jobs.0.create.document')?.origin).toBe('job.json:2');
});

it('names the flag or the variable that has the last word', () => {
  const env = { FLEETRIG_SEED: '5', FLEETRIG_WORKERS: '3' };
  const loaded = load({ seed: '7', set: ['fleet.things=20'] }, env);

  expect(find(loaded, 'seed')).toMatchObject({ value: '7', origin: '--seed' });
  expect(find(loaded, 'fleet.workers')).toMatchObject({ value: '3', origin: 'FLEETRIG_WORKERS' });
  expect(find(loaded, 'fleet.things')).toMatchObject({ value: '20', origin: '--set' });
  expect(find(load({}, env), 'seed')).toMatchObject({ value: '5', origin: 'FLEETRIG_SEED' });
});

it('tells defaults as they would be written, however deep', () => {
  for (const [path, value] of [
    ['target', 'emulator'],
    ['stop.after', '1h'],
    ['fleet.cohorts.0.profile.link.reconnect.factor', '2'],
    ['emulator.dialect.abortGate', 'completed'],
  ]) {
    expect(find(load(), path ?? '')).toEqual({ path, value, origin: 'default' });
  }
});

it('keeps a list of plain values together', () => {
  expect(find(load(), 'fleet.cohorts.0.profile.work.uniform')?.value).toBe('["5s","9s"]');
});

it('tells no value twice, and gives paths that --set takes', () => {
  const settings = settingsInForce(load());
  const paths = settings.map(({ path }) => path);

  expect(new Set(paths).size).toBe(paths.length);
  const written = settings.filter(({ origin }) => origin.startsWith('scenario.yaml'));
  for (const { path, value } of written) {
    const again = load({ set: [`${path}=${value}`] });
    expect(find(again, path)).toEqual({ path, value, origin: '--set' });
  }
});
