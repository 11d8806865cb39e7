import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { SteerableClock } from '../../src/base/clock.ts';
import { temporaryFolder } from '../support/cli.ts';
import { startTestEmulator } from '../support/emulator.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** The README's first block in a language, of those about the emulator. */
function block(language: string): string {
  const [, section = ''] = readFileSync(join(root, 'README.md'), 'utf8').split(
    '## The emulator alone',
  );
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(section)?.[1] ?? '';
}

async function has(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

const hasCli = await has('aws', ['--version']);
const python = (await has('/usr/bin/python3', ['-c', 'import boto3']))
  ? '/usr/bin/python3'
  : 'python3';
const hasBoto = await has(python, ['-c', 'import boto3']);
if (!hasCli || !hasBoto) {
  process.stderr.write(
    'readme-clients: AWS CLI or boto3 is not installed, their part is skipped\n',
  );
}

it.skipIf(!hasCli || !hasBoto)('the AWS CLI makes a job, boto3 carries it out', async () => {
  const emulator = await startTestEmulator({ clock: new SteerableClock() });
  const here = (text: string) =>
    text.replaceAll('127.0.0.1:4566', `127.0.0.1:${emulator.http.port}`);

  const cli = await run('bash', ['-ec', here(block('bash'))]);
  const boto = await run(python, ['-c', here(block('python'))]);

  expect(cli.stdout).toMatch(/"thingName": "board-1"/);
  expect(cli.stdout).toMatch(/"jobDocument": "\{\\"operation\\":\s*\\"update\\"\}"/);
  expect(boto.stdout.trim()).toBe('COMPLETED');
});

it('a device of a few lines gets its answer', async () => {
  const emulator = await startTestEmulator();
  await fetch(`http://127.0.0.1:${emulator.http.port}/things/board-1`, { method: 'POST' });
  const file = join(temporaryFolder(), 'device.mjs');
  const mqtt = import.meta.resolve('mqtt');
  writeFileSync(
    file,
    block('js').replace("from 'mqtt'", `from '${mqtt}'`).replace(':1883', `:${emulator.mqtt.port}`),
  );

  const { stdout } = await run(process.execPath, [file]);

  expect(stdout).toMatch(/^\$aws\/things\/board-1\/jobs\/get\/accepted \{"inProgressJobs":\[\]/);
});
