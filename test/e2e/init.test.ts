import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AddThingToThingGroupCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
} from '@aws-sdk/client-iot';
import { connectAsync } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { nothing, startFakeAws } from '../support/aws.ts';
import { readSummary, runCli, temporaryFolder } from '../support/cli.ts';
import { controlClient, startTestEmulator, urlOf } from '../support/emulator.ts';

/** Starts anew with a template, and runs it as the comments in it say. */
async function initAndRun(
  template: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const folder = temporaryFolder();
  const init = await runCli(['init', folder, '--template', template]);
  expect(init.code, init.stderr).toBe(0);
  const scenario = join(folder, 'scenarios', `${template}.yaml`);
  const run = await runCli(['run', scenario, '--out', folder, '--run-id', 'run', ...flags], env);
  expect(run.code, run.stderr + run.stdout).toBe(0);
  return readSummary(join(folder, 'run'));
}

/** Time that jumps: real MQTT and no waiting, however busy the machine is. */
const fast = ['--set', 'clock.scale=max'];

it.each([
  ['smoke', fast],
  ['canary-abort', fast],
  ['operator-cancel', fast],
  ['soak', [...fast, '--set', 'fleet.things=60']],
])('%s runs and passes', async (template, flags) => {
  const { run, assertions } = await initAndRun(template, flags);

  expect(run.verdict).toBe('passed');
  expect(assertions.map(({ result }) => result)).not.toContain('skipped');
});

it('boards waits for the board, and passes once it has said so', async () => {
  const emulator = await startTestEmulator({ clock: {} });
  const iot = controlClient(emulator);
  await iot.send(new CreateThingCommand({ thingName: 'board-1' }));
  await iot.send(new CreateThingGroupCommand({ thingGroupName: 'desk' }));
  await iot.send(new AddThingToThingGroupCommand({ thingName: 'board-1', thingGroupName: 'desk' }));
  const { host, port } = emulator.mqtt;
  await switchBoardOn(`mqtt://${host}:${port}`);

  const { run, jobs } = await initAndRun('boards', [
    ...['--set', `target.endpoint.http=${urlOf(emulator.http)}`],
    ...['--set', `target.endpoint.mqtt.port=${port}`],
  ]);

  expect(run.verdict).toBe('passed');
  expect(jobs[0]).toMatchObject({ status: 'COMPLETED', notified: 11 });
});

it('aws runs against a service as strict as AWS, passes, and leaves nothing there', async () => {
  const aws = await startFakeAws('aws');
  // The region stays to be found in the environment, as the comments in the template say.
  const settings = aws.settings.slice(2);

  const config = 'jobs.0.create.jobExecutionsRolloutConfig';
  const faster = [
    `${config}.exponentialRate.baseRatePerMinute=900`,
    `${config}.maximumPerMinute=1000`,
  ]
    .concat('fleet.cohorts.0.profile.work=1s', 'fleet.cohorts.1.profile.work=1s')
    .flatMap((each) => ['--set', each]);
  const flags = ['--yes', ...settings, ...faster];
  const { run, cloud } = await initAndRun('aws', flags, { ...aws.env, AWS_REGION: 'us-east-1' });

  expect(run.verdict).toBe('passed');
  expect(cloud).toMatchObject({ left: [] });
  expect((await aws.state()).counts).toMatchObject(nothing);
}, 120_000);

/** A client that knows nothing of us: does what it is told, and says that it succeeded. */
async function switchBoardOn(url: string): Promise<void> {
  const board = await connectAsync(url, { clientId: 'board-1' });
  onTestFinished(() => board.endAsync(true).then(() => undefined));
  board.on('message', (_topic, payload) => {
    const { execution } = JSON.parse(payload.toString()) as { execution?: { jobId?: string } };
    if (execution?.jobId === undefined) return;
    board.publish(
      `$aws/things/board-1/jobs/${execution.jobId}/update`,
      JSON.stringify({ status: 'SUCCEEDED' }),
    );
  });
  await board.subscribeAsync('$aws/things/board-1/jobs/notify-next', { qos: 1 });
}

it('the script for bash completes on a command line', async () => {
  const folder = temporaryFolder();
  const program = join(folder, 'fleetrig');
  writeFileSync(
    program,
    `#!/bin/sh\nexec "${process.execPath}" "${join(process.cwd(), 'dist/cli/bin.js')}" "$@"\n`,
  );
  chmodSync(program, 0o755);
  const { stdout: script } = await runCli(['completion', 'bash']);
  const complete = (line: string) => {
    const words = line.split(' ').map((word) => `'${word}'`);
    const commands = `${script}
COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}
_fleetrig; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', commands], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` },
    })
      .trim()
      .split('\n');
  };

  expect(complete('fleetrig pre')).toEqual(['predict']);
  expect(complete('fleetrig run --se')).toEqual(['--set', '--seed']);
  expect(complete('fleetrig run scenarios/quick')).toEqual(['scenarios/quickstart.yaml']);
  expect(complete('fleetrig init --template can')).toEqual(['canary-abort']);
});
