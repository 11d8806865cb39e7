import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { memoryIo } from '../../support/memory-io.ts';

async function complaintAbout(file: string, present: readonly string[]): Promise<string> {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'scenarios'));
  for (const each of present) writeFileSync(join(cwd, each), '');
  const io = memoryIo({ cwd });
  expect(await main(['validate', file], io)).toBe(2);
  return io.errors;
}

it.each([
  ['in the folder of scenarios', 'canary-abort.yaml', 'did you mean scenarios/canary-abort.yaml?'],
  ['without its ending', 'scenarios/smoke', 'did you mean scenarios/smoke.yaml?'],
  ['mistyped', 'scenarios/smoek.yaml', 'did you mean scenarios/smoke.yaml?'],
  ['none of them', 'nope.yaml', 'there are scenarios/canary-abort.yaml and scenarios/smoke.yaml'],
])('a scenario that is not there, but %s', async (_, file, hint) => {
  const present = ['scenarios/canary-abort.yaml', 'scenarios/smoke.yaml', 'scenarios/a.json'];

  expect(await complaintAbout(file, present)).toBe(
    `cannot read ${file}: it is not there\n  → ${hint}\n`,
  );
});

it('where there is no scenario at all, how to get one', async () => {
  expect(await complaintAbout('nope.yaml', [])).toBe(
    'cannot read nope.yaml: it is not there\n  → fleetrig init writes a first scenario\n',
  );
});

it('a folder is no scenario', async () => {
  expect(await complaintAbout('scenarios', [])).toMatch(/^cannot read scenarios: it is a folder\n/);
});
