import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Summary } from '../../src/report/summary.ts';
import { readSummary, runCli, startCli, temporaryFolder } from '../support/cli.ts';

const rollout = 'test/e2e/rollout.yaml';

/** Runs the small scenario with overrides, into a folder of its own. */
function runRollout(...args: readonly string[]) {
  const out = temporaryFolder();
  const cli = startCli(['run', rollout, '--out', out, '--run-id', 'run', ...args]);
  return { ...cli, folder: join(out, 'run') };
}

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

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

it('writes the report when interrupted, and exits 130', async () => {
  const run = runRollout('--set', 'clock.scale=1', '--set', 'expect=[]');
  await run.saw(/created job/);

  run.process.kill('SIGINT');
  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(130);
  const summary = readSummary(run.folder);
  expect(summary.run.verdict).toBe('interrupted');
  expect(lastInstantOf(summary)).toBeLessThanOrEqual(summary.run.simulatedSeconds + 0.001);
});

it('tells nothing of a time after its end, and of the end what was connected then', async () => {
  const run = runRollout('--set', 'stop.after=40s', '--set', 'expect=[]');

  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(0);
  const summary = readSummary(run.folder);
  const { columns, rows } = summary.timeseries;
  expect(lastInstantOf(summary)).toBeLessThanOrEqual(summary.run.simulatedSeconds + 0.001);
  expect(rows.at(-1)?.[columns.indexOf('connected')]).toBe(summary.fleet.things);
});

/** The latest simulated time that a report has anything of. */
function lastInstantOf({ events, jobs, operations, timeseries, errorsOverTime }: Summary): number {
  return Math.max(
    ...events.map(({ t }) => t),
    ...jobs.flatMap(({ createdAt = 0, endedAt = 0 }) => [createdAt, endedAt]),
    ...[
      timeseries,
      errorsOverTime,
      ...operations.map(({ overTime }) => overTime),
      ...jobs.map(({ progress }) => progress),
    ].map(({ rows }) => rows.at(-1)?.[0] ?? 0),
  );
}

it('ends at once on the second signal', async () => {
  const run = runRollout('--set', 'clock.scale=1');
  await run.saw(/created job/);

  run.process.kill('SIGINT');
  await run.saw(/stopping/);
  run.process.kill('SIGINT');

  expect((await run.done).code).toBe(130);
});

it.each([
  ['the emulator', 0],
  ['an agent', 1],
])('ends with 1 and a partial report when %s is killed', async (_, child) => {
  const run = runRollout('--set', 'clock.scale=1', '--set', 'stop.after=1h');
  await run.saw(/created job/);
  const pid = childrenOf(run.process.pid ?? 0)[child];

  process.kill(pid ?? 0, 'SIGKILL');
  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(1);
  const { run: told, jobs } = readSummary(run.folder);
  expect(told.verdict).toBe('error');
  expect(told.error).toMatch(/ended unexpectedly|crash|exit|SIGKILL/);
  expect(jobs).toHaveLength(1);
});

it('ends when the service falls silent and somebody interrupts', async () => {
  const run = runRollout('--set', 'clock.scale=1', '--set', 'stop.after=1h');
  await run.saw(/created job/);
  const [emulator = 0] = childrenOf(run.process.pid ?? 0);

  process.kill(emulator, 'SIGSTOP');
  run.process.kill('SIGINT');
  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(130);
  expect(existsSync(`/proc/${emulator}`)).toBe(false);
}, 120_000);

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

it('does not pass when its agents never told their last', async () => {
  const run = runRollout('--set', 'clock.scale=60', '--set', 'stop.after=3m');
  await run.saw(/created job/);
  const [, agent = 0] = childrenOf(run.process.pid ?? 0);

  process.kill(agent, 'SIGSTOP');
  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(1);
  expect(readSummary(run.folder).run).toMatchObject({ verdict: 'error' });
});

it('leaves no process behind when it is killed itself', async () => {
  const run = runRollout('--set', 'clock.scale=1', '--set', 'stop.after=1h');
  await run.saw(/created job/);
  const children = childrenOf(run.process.pid ?? 0);

  run.process.kill('SIGKILL');
  await run.done;

  expect(children.length).toBe(2);
  await expect
    .poll(() => children.filter((pid) => existsSync(`/proc/${pid}`)), { timeout: 10_000 })
    .toEqual([]);
});

it.each([
  ['an unknown command', ['rnu', 'x.yaml'], 2, /rnu.*\n.*run.*\?\n.*see fleetrig --help/],
  ['a port that is none', ['emulate', '--port', '99999'], 2, /--port 99999/],
  ['a clock that stands', ['emulate', '--scale', '0'], 2, /--scale 0/],
  ['a parent folder that is a file', ['run', rollout, '--out', 'package.json'], 3, /package\.json/],
  [
    'a run folder that is in use',
    ['run', rollout, '--out', 'test', '--run-id', 'e2e'],
    2,
    /not empty/,
  ],
  ['an unknown flag', ['run', rollout, '--sede', '1'], 2, /sede/],
  ['no scenario', ['run'], 2, /fleetrig run: .*\n.*fleetrig run --help/],
  ['a scenario that is not there', ['run', 'nowhere.yaml'], 2, /cannot read nowhere\.yaml/],
  ['a value that does not fit', ['run', rollout, '--set', 'fleet.things=many'], 2, /--set/],
  ['a run id that is no folder name', ['run', rollout, '--run-id', '../x'], 2, /--run-id/],
  [
    'more things than the machine has files for',
    ['run', rollout, '--set', 'fleet.things=900000'],
    3,
    /open files|ports/,
  ],
  [
    'a job that AWS would refuse',
    ['run', rollout, '--set', 'jobs.0.create.timeoutConfig={inProgressTimeoutInMinutes: 0}'],
    2,
    /Member must have value greater than or equal to 1/,
  ],
])('refuses %s', async (_, args, exitCode, message) => {
  const { code, stderr, stdout } = await runCli(args);

  expect(code, stderr).toBe(exitCode);
  expect(stderr).toMatch(message);
  expect(stdout).toBe('');
});

it('tells every mistake of a scenario at once, each with its line', async () => {
  const { code, stderr } = await runCli(['validate', 'test/e2e/wrong.yaml']);

  expect(code).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
    "test/e2e/wrong.yaml:4:3  error  the shares add up to 90 %, not 100 %
      4 |   cohorts:
        |   ^^^^^^^
    test/e2e/wrong.yaml:5:59  error  unknown key "wrk"
      5 |     - { name: a, share: 50%, profile: { outcome: succeed, wrk: 3s } }
        |                                                           ^^^ did you mean "work"?
    test/e2e/wrong.yaml:6:62  error  fleet.cohorts[1].profile.work: expected text or a mapping, not 30
      6 |     - { name: b, share: 40%, profile: { outcome: fail, work: 30 } }
        |                                                              ^^ write for example 250ms, 40s, 1h30m
    test/e2e/wrong.yaml:12:53  error  Value 'FAIL' at 'abortConfig.criteriaList.1.member.failureType' failed to satisfy constraint: Member must satisfy enum value set: [FAILED, REJECTED, TIMED_OUT, ALL]
      12 |       abortConfig: { criteriaList: [ { failureType: FAIL, action: CANCEL, thresholdPercentage: 20, minNumberOfExecutedThings: 1 } ] }
         |                                                     ^^^^ did you mean FAILED?
    test/e2e/wrong.yaml:14:13  error  unknown figure "jobs.fw.statsu"
      14 |   - jobs.fw.statsu == COMPLETED
         |             ^^^^^^ did you mean "status"?
    test/e2e/wrong.yaml: 5 errors
    "
  `);
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

it('says that nobody could connect', async () => {
  const emulator = startCli(['emulate', '--port', '0', '--mqtt-port', '0', '--json']);
  await emulator.saw(/"mqtt".*\n/);
  const { http } = JSON.parse(emulator.stdout());
  const url = `http://${http.host}:${http.port}`;
  const target = `target={endpoint: {http: "${url}", mqtt: {host: 127.0.0.1, port: 9}}}`;

  const run = runRollout('--set', target, '--set', 'clock.scale=1', '--set', 'fleet.things=20');
  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(3);
  expect(stderr).toContain('127.0.0.1:9');
});

it('says which endpoint does not answer', async () => {
  const port = await takenPort();
  const target = `target={endpoint: {http: "http://127.0.0.1:1", mqtt: {host: 127.0.0.1, port: ${port}}}}`;

  const { code, stderr } = await runCli([
    'run',
    rollout,
    '--set',
    target,
    '--set',
    'clock.scale=1',
  ]);

  expect(code, stderr).toBe(3);
  expect(stderr).toContain('http://127.0.0.1:1');
});

it('says which port is taken', async () => {
  const port = await takenPort();

  const { code, stderr } = await runCli(['emulate', '--port', '0', '--mqtt-port', String(port)]);

  expect(code, stderr).toBe(3);
  expect(stderr).toContain(String(port));
});

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(/\s+/).map(Number);
}
