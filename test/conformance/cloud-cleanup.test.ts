import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateThingCommand } from '@aws-sdk/client-iot';
import { expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { journalFile } from '../../src/cloud/journal.ts';
import { accountContent, journalHeader, prefix, temporaryFolder } from '../support/cloud.ts';
import { controlClient, startTestEmulator, urlOf } from '../support/emulator.ts';
import { memoryIo } from '../support/memory-io.ts';

/** `fleetrig cleanup`, on journals as runs leave them. */

async function rig() {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const emulator = await startTestEmulator();
  const out = temporaryFolder();
  const iot = controlClient(emulator);
  const endpoint = urlOf(emulator.http);
  /** A run of that id that has made a thing. */
  const leave = async (runId: string, overrides: Parameters<typeof journalHeader>[0] = {}) => {
    const header = journalHeader({ runId, region: 'us-east-1', endpoint, ...overrides });
    const thingName = `${header.prefix}${runId}`;
    const lines = [header, { op: 'made', kind: 'thing', name: thingName }];
    mkdirSync(join(out, runId));
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(join(out, runId, journalFile), text);
    await iot.send(new CreateThingCommand({ thingName }));
    return thingName;
  };
  const clean = async (...args: string[]) => {
    const io = memoryIo({ cwd: out, env: { FLEETRIG_STATE_DIR: join(out, 'state') } });
    const exitCode = await main(['cleanup', ...args], io);
    return { exitCode, output: io.output, errors: io.errors };
  };
  const things = async () => (await accountContent(iot)).things;
  return { out, endpoint, leave, clean, things };
}

it('removes what one run has left, and says so', async () => {
  const { leave, clean, things } = await rig();
  await leave('a');

  expect(await clean('a')).toEqual({
    exitCode: 0,
    output: `a (${prefix}*): nothing is left\n  removed: 1 thing\n`,
    errors: '',
  });
  expect(await things()).toEqual([]);
  expect(await clean('a')).toMatchObject({
    exitCode: 0,
    output: `a (${prefix}*): nothing is left\n`,
  });
});

it('tells what is left alone, and what was never made', async () => {
  const { out, leave, clean, things } = await rig();
  await leave('a');
  const folder = join(out, 'state', 'identities', prefix);
  mkdirSync(folder, { recursive: true });
  const intents = [
    { op: 'made', kind: 'job', name: 'production' },
    { op: 'intend', kind: 'policy', name: `${prefix}devices` },
  ];
  for (const intent of intents) {
    appendFileSync(join(out, 'a', journalFile), `${JSON.stringify(intent)}\n`);
  }

  const { exitCode, output } = await clean('a');

  expect(exitCode).toBe(0);
  expect(output.split('\n')).toEqual([
    `a (${prefix}*): nothing is left`,
    '  removed: 1 thing, its keys',
    '  never made, or gone already: 1 policy',
    '  left alone  job production: this run did not make it',
    '',
  ]);
  expect(existsSync(folder)).toBe(false);
  expect(await things()).toEqual([]);
});

it('--all-runs takes those that are over, and old enough', async () => {
  const { out, leave, clean, things } = await rig();
  await leave('old');
  await leave('done');
  await clean('done');
  const recent = await leave('recent', { createdAt: new Date().toISOString() });
  // The parent of this process is alive.
  const live = await leave('live', { pid: process.ppid });
  mkdirSync(join(out, 'no-run'));

  const { exitCode, output, errors } = await clean(
    '--all-runs',
    '--out',
    '.',
    '--older-than',
    '2h',
  );

  expect({ exitCode, output }).toEqual({
    exitCode: 0,
    output: `old (${prefix}*): nothing is left\n  removed: 1 thing\n`,
  });
  expect(errors).toBe(`live: left alone, it is still running (process ${process.ppid})\n`);
  expect(await things()).toEqual([live, recent].sort());
});

it('a run that goes on, or is gone on with by another process, is not cleaned up', async () => {
  const { out, leave, clean, things } = await rig();
  const names = [await leave('first', { pid: process.ppid }), await leave('reused')];
  const goesOn = { op: 'made', kind: 'process', name: String(process.ppid) };
  appendFileSync(join(out, 'reused', journalFile), `${JSON.stringify(goesOn)}\n`);

  for (const name of ['first', 'reused']) {
    const { exitCode, errors } = await clean(name);
    expect(exitCode).toBe(2);
    expect(errors).toContain(`${name} is still running (process ${process.ppid})`);
  }
  await clean('--all-runs', '--out', '.');

  expect(await things()).toEqual(names);
});

it('with the credentials of another account nothing counts as gone', async () => {
  const { leave, clean, things } = await rig();
  const name = await leave('a', { dataHost: 'a1b2c3-ats.iot.us-east-1.amazonaws.com' });

  const { exitCode, output, errors } = await clean('a');

  expect({ exitCode, output }).toEqual({ exitCode: 3, output: '' });
  expect(errors).toContain('these credentials are of another account: 127.0.0.1, not a1b2c3-ats');
  expect(await things()).toEqual([name]);
  await leave('b', { dataHost: '127.0.0.1' });
  expect(await clean('b')).toMatchObject({ exitCode: 0 });
  expect(await things()).toEqual([name]);
});

it('an account that cannot be reached is told, and holds up no other run', async () => {
  const { leave, clean, things } = await rig();
  const unreached = await leave('a', { endpoint: 'http://127.0.0.1:1' });
  await leave('b');

  const { exitCode, output, errors } = await clean('--all-runs', '--out', '.', '--json');

  expect(exitCode).toBe(3);
  expect(errors).toContain('a: AWS could not be asked to clean up');
  expect(JSON.parse(output)).toMatchObject({ runId: 'b', isClean: true, removed: { thing: 1 } });
  expect(await things()).toEqual([unreached]);
});

it('an account that cannot be reached ends it, where it is about one run', async () => {
  const { leave, clean } = await rig();
  await leave('a', { endpoint: 'http://127.0.0.1:1' });

  const { exitCode, errors } = await clean('a');

  expect(exitCode).toBe(3);
  expect(errors).toContain('it goes on where this ended');
});

it('where the journal names no place, the command does', async () => {
  const { endpoint, leave, clean, things } = await rig();
  await leave('a', { endpoint: undefined, region: undefined });

  expect(await clean('a', '--endpoint', endpoint, '--region', 'us-east-1')).toMatchObject({
    exitCode: 0,
  });
  expect(await things()).toEqual([]);
});

it.each([
  [[], 'neither a run folder nor --all-runs is given'],
  [['a', '--older-than', '2h'], '--older-than goes with --all-runs'],
  [['--all-runs', '--out', '.', '--older-than', 'soon'], '--older-than soon is no duration'],
  [['nowhere'], 'holds no resources.ndjson'],
  [['--all-runs', '--out', 'nowhere'], 'cannot read'],
])('%j is a mistake', async (args, message) => {
  const { clean } = await rig();

  const { exitCode, errors } = await clean(...args);

  expect(exitCode).toBe(2);
  expect(errors).toContain(message);
});
