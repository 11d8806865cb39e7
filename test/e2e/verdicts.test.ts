import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSummary, runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { runRollout } from '../support/rollout.ts';

it('passes with 0', async () => {
  const run = runRollout();

  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(0);
  expect(readSummary(run.folder).run.verdict).toBe('passed');
});

it('fails with 99, and says what was expected and what came', async () => {
  const out = temporaryFolder();

  const { code, stdout, stderr } = await runCli([
    'run',
    'test/e2e/negative.yaml',
    '--out',
    out,
    '--run-id',
    'run',
  ]);

  expect(code, stderr).toBe(99);
  expect(stdout).toMatch(/✗ .*expected/);
  expect(readSummary(join(out, 'run')).run).toMatchObject({ verdict: 'failed', exitCode: 99 });
  expect(readFileSync(join(out, 'run', 'junit.xml'), 'utf8')).toContain('<failure');
});

it('is inconclusive with 98 when the harness was later than it may be, whatever else held', async () => {
  const run = runRollout('--set', 'harness.scheduleDelayP99Max=0.001ms');

  const { code } = await run.done;

  expect(code).toBe(98);
  const { run: told, harness } = readSummary(run.folder);
  expect(told.verdict).toBe('inconclusive');
  expect(harness).toMatchObject({ trusted: false });
  expect(harness.reasons.join()).toContain('schedule delay');
});

it('looks exactly when the time is up, however fast time goes', async () => {
  const run = runRollout(
    ...['--set', 'clock.scale=60', '--set', 'stop.after=20s', '--set', 'expect=[]'],
  );

  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(0);
  const { run: told, jobs } = readSummary(run.folder);
  // 200 things a minute for 20 s, and what a fraction of a wall second adds.
  expect(told.simulatedSeconds).toBeLessThan(30);
  expect(jobs[0]?.notified).toBeGreaterThanOrEqual(66);
  expect(jobs[0]?.notified).toBeLessThan(100);
});

it('runs against an emulator that someone else started', async () => {
  const emulator = startCli(['emulate', '--port', '0', '--mqtt-port', '0', '--json']);
  await emulator.saw(/"mqtt".*\n/);
  const { http, mqtt } = JSON.parse(emulator.stdout());
  const url = `http://${http.host}:${http.port}`;
  const target = `target={endpoint: {http: "${url}", mqtt: {host: ${mqtt.host}, port: ${mqtt.port}}}}`;

  const run = runRollout(
    ...['--set', target, '--set', 'clock.scale=1', '--set', 'fleet.things=20'],
    ...[
      '--set',
      'expect.1=jobs.fw.notified == 20',
      '--set',
      'jobs.0.create.jobExecutionsRolloutConfig={}',
    ],
    ...['--set', 'fleet.cohorts=[{name: quick, share: 100%, profile: {work: 500ms}}]'],
  );
  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(0);
  expect(readSummary(run.folder).environment.target).toBe('endpoint');
  emulator.process.kill('SIGTERM');
  expect((await emulator.done).code).toBe(0);
});

it('serves its metrics while it runs', async () => {
  const run = runRollout('--metrics-port', '0', '--set', 'clock.scale=20');
  await run.saw(/metrics at \S+\/metrics/);
  await run.saw(/created job/);
  const url = /http:\S+\/metrics/.exec(run.stderr())?.[0] ?? '';

  const text = await (await fetch(url)).text();

  expect(text).toMatch(/^fleetrig_run_info\{.*scenario="rollout".*\} 1$/m);
  expect(text).toMatch(/^fleetrig_things\{state="connected"\} 100$/m);
  expect(text).toMatch(/^fleetrig_operation_duration_seconds_count\{operation="connect"\} 100$/m);
});
