import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSummary, runCli, startCli, temporaryFolder } from '../support/cli.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/diff.md'), 'utf8');
const [, scenario = ''] = /```yaml\n(name: gate[\s\S]*?)```/.exec(page) ?? [];

/** A recorded run of a scenario that is not there to be judged; on a busy machine it may be inconclusive. */
async function record(out: string, id: string, file: string, ...args: readonly string[]) {
  const base = ['run', file, '--record', '--out', out, '--run-id', id, '--quiet'];
  const { code, stderr } = await runCli([...base, ...args]);
  expect([0, 98], stderr).toContain(code);
  return join(out, id);
}

function gateIn(folder: string): string {
  const file = join(folder, 'gate.yaml');
  writeFileSync(file, scenario);
  return file;
}

describe('two emulator runs', () => {
  it('with the same seed are the same; with another abortGate they part at the job, as docs/diff.md shows', {
    timeout: 240_000,
  }, async () => {
    const out = temporaryFolder();
    const file = gateIn(out);
    const [completed, again] = await Promise.all([
      record(out, 'completed', file),
      record(out, 'again', file),
    ]);
    const gate = ['--set', 'emulator.dialect.abortGate=notified'];
    const notified = await record(out, 'notified', file, ...gate);

    const same = await runCli(['diff', completed, again]);
    expect(same.code, same.stdout + same.stderr).toBe(0);
    expect(same.stdout).toMatch(/^THE SAME\n/);
    expect(same.stdout).toMatch(/0 of 1 job and 0 of 120 things differ; (\S+) and \1 messages/);

    const other = await runCli(['diff', completed, notified]);
    expect(other.code).toBe(99);
    const { abort } = readSummary(completed).jobs[0] ?? {};
    const { abort: early } = readSummary(notified).jobs[0] ?? {};
    expect(other.stdout).toMatch(/first at \S+: job fw: CANCELED: trip\.executed/);
    const executed = `${abort?.criteria[0]?.executed} +${early?.criteria[0]?.executed}`;
    expect(other.stdout).toMatch(new RegExp(`trip\\.executed +${executed} +≠`));
    expect(page).toContain(`\`\`\`text\n${other.stdout}\`\`\``);
    const trace = { file: 'trace.ndjson.gz', messages: expect.any(Number) };
    expect(readSummary(completed).trace).toEqual(trace);
  });

  it('with the same seed are the same on a scaled clock too', { timeout: 120_000 }, async () => {
    const out = temporaryFolder();
    const scaled = ['--set', 'clock.scale=60', '--set', 'stop.after=2h'];
    const a = await record(out, 'a', 'test/e2e/rollout.yaml', ...scaled);
    const b = await record(out, 'b', 'test/e2e/rollout.yaml', ...scaled);

    const { code, stdout, stderr } = await runCli(['diff', a, b]);

    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('0 of 1 job and 0 of 100 things differ');
  });
});

it('a run that is interrupted leaves all of its recording', { timeout: 120_000 }, async () => {
  const out = temporaryFolder();
  const slow = ['--set', 'clock.scale=1', '--set', 'stop.after=1h'];
  const cli = startCli([
    ...['run', 'test/e2e/rollout.yaml', '--record', '--out', out, '--run-id', 'run', '--json'],
    ...slow,
  ]);
  await cli.saw(/job fw is IN_PROGRESS/);
  cli.process.kill('SIGINT');
  expect((await cli.done).code).toBe(130);
  const folder = join(out, 'run');

  const { code, stdout } = await runCli(['diff', folder, folder, '--json']);

  expect(code).toBe(0);
  const told = JSON.parse(stdout);
  expect(told.remarks).toEqual([]);
  const messages = readSummary(folder).trace?.messages;
  expect(messages).toBeGreaterThan(200);
  expect(told.messages).toEqual({ a: messages, b: messages });
});
