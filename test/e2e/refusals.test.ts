import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { runCli, startCli } from '../support/cli.ts';
import { rollout, runRollout } from '../support/rollout.ts';

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

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
