import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { Check } from '../../src/run/checkup-machine.ts';
import { checkPorts } from '../../src/run/checkup-network.ts';
import { nothing, secretAccessKey, startFakeAws } from '../support/aws.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { startTestEmulator, urlOf } from '../support/emulator.ts';
import { memoryIo } from '../support/memory-io.ts';

interface Diagnosis {
  readonly code: number;
  readonly ready: boolean;
  readonly of: (topic: string) => Check | undefined;
  readonly text: string;
}

async function diagnose(
  argv: readonly string[],
  { cwd = temporaryFolder(), env = {} as Record<string, string> } = {},
): Promise<Diagnosis> {
  const io = memoryIo({ cwd, env: { HOME: cwd, ...env } });
  const code = await main(['doctor', ...argv, '--json'], io);
  const { ready, checks } = JSON.parse(io.output) as { ready: boolean; checks: Check[] };
  return {
    code,
    ready,
    text: io.output,
    of: (wanted) => checks.find(({ topic }) => topic === wanted),
  };
}

/** A scenario for a service that runs elsewhere; returns the folder it is in. */
function scenarioFor(http: string, mqttPort: number): string {
  const cwd = temporaryFolder();
  writeFileSync(
    join(cwd, 'a.yaml'),
    `name: a
target: { endpoint: { http: "${http}", mqtt: { host: 127.0.0.1, port: ${mqttPort} } } }
fleet: { things: 3, group: g }
jobs: [{ create: { jobId: j, document: {} } }]
`,
  );
  return cwd;
}

async function listening<S extends Server>(server: S): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Nobody listens there any more. */
async function freePort(): Promise<number> {
  const server = createTcpServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('finds this machine fit, and says so a line each', async () => {
  const io = memoryIo({ cwd: temporaryFolder() });

  expect(await main(['doctor'], io)).toBe(0);
  expect(io.output).toMatch(/^✓ node /m);
  expect(io.output).toMatch(/^ready/m);
});

it('keeps to ASCII where there is no more', async () => {
  const io = memoryIo({ cwd: temporaryFolder(), isUnicode: false });

  await main(['doctor'], io);

  expect(io.output).toMatch(/^[\x20-\x7e\n]+$/);
});

it('finds both planes of a running emulator', async () => {
  const { http, mqtt } = await startTestEmulator({ clock: {} });

  const { code, of } = await diagnose(['a.yaml'], { cwd: scenarioFor(urlOf(http), mqtt.port) });

  expect(of('endpoint')).toMatchObject({ level: 'ok' });
  expect(of('broker')).toMatchObject({ level: 'ok' });
  expect(code).toBe(0);
});

it('exits with 3 when the target is not there, and says how to start it', async () => {
  const { code, ready, of } = await diagnose(['a.yaml'], {
    cwd: scenarioFor(`http://127.0.0.1:${await freePort()}`, await freePort()),
  });

  expect(code).toBe(3);
  expect(ready).toBe(false);
  expect(of('endpoint')).toMatchObject({
    level: 'missing',
    message: expect.stringContaining('ECONNREFUSED'),
    fix: expect.stringContaining('fleetrig emulate'),
  });
  expect(of('broker')).toMatchObject({ level: 'missing' });
});

it('is not content with a port that speaks something else', async () => {
  const silent = await listening(createTcpServer((socket) => socket.end('220 hello\r\n')));
  const { http } = await startTestEmulator({ clock: {} });

  const { of } = await diagnose(['a.yaml'], { cwd: scenarioFor(urlOf(http), silent) });

  expect(of('broker')).toMatchObject({ level: 'missing' });
});

it('notices a service whose clock is another', async () => {
  const port = await listening(
    createServer((_request, response) =>
      response.setHeader('date', 'Thu, 01 Jan 2026 00:00:00 GMT').end(),
    ),
  );

  const { of } = await diagnose(['a.yaml'], {
    cwd: scenarioFor(`http://127.0.0.1:${port}`, await freePort()),
  });

  expect(of('endpoint')).toMatchObject({
    level: 'warning',
    message: expect.stringContaining('minutes from ours'),
  });
});

it('warns of a port that is taken', async () => {
  const port = await listening(createTcpServer());

  const checks = await checkPorts([{ port, purpose: 'test', fix: 'take another' }]);

  expect(checks).toEqual([
    { topic: 'ports', level: 'warning', message: `${port} (test) is taken`, fix: 'take another' },
  ]);
});

it('finds a folder for reports that cannot be written to', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'file'), '');

  const { code, of } = await diagnose(['--out', 'file/below'], { cwd });

  expect(code).toBe(3);
  expect(of('reports')).toMatchObject({ level: 'missing', fix: expect.stringContaining('--out') });
});

it('tells where AWS credentials are, and nothing of them', async () => {
  const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'verysecret' };

  const { text, of } = await diagnose([], { env });

  expect(of('AWS')?.message).toContain('AWS_ACCESS_KEY_ID');
  expect(text).not.toContain('AKIDEXAMPLE');
  expect(text).not.toContain('verysecret');
});

it('tells whether a run on AWS would get in, and makes nothing there', async () => {
  const aws = await startFakeAws('off');

  const { code, stdout } = await runCli(
    ['doctor', 'test/e2e/aws.yaml', ...aws.settings, '--out', aws.folder],
    aws.env,
  );

  expect(code, stdout).toBe(0);
  expect(stdout).toMatch(/AWS +region us-east-1, credentials by AWS_ACCESS_KEY_ID$/m);
  expect(stdout).toMatch(/endpoint +http:\S+ answers/);
  expect(stdout).toMatch(/broker +localhost:\d+: TLS stands, and its certificate is trusted/);
  expect(stdout).toMatch(/quotas +to make what 200 things need takes/);
  expect(stdout).not.toContain(secretAccessKey);
  expect((await aws.state()).counts).toMatchObject(nothing);
});

it.each([
  [
    'the authority is another',
    { env: { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' }, isTrusting: false },
    /broker +no trusted TLS with localhost:\d+: .*\n.*target\.aws\.ca/,
  ],
  [
    'there are no credentials',
    {
      env: {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_CONFIG_FILE: '/none',
        HOME: '/',
      },
      isTrusting: true,
    },
    /AWS +no AWS credentials/,
  ],
])('says what is missing for AWS when %s', async (_, { env, isTrusting }, expected) => {
  const aws = await startFakeAws('off');
  const settings = isTrusting
    ? aws.settings
    : aws.settings.slice(
        0,
        aws.settings.findIndex((each) => each.startsWith('target.aws.ca=')) - 1,
      );

  const { code, stdout } = await runCli(
    ['doctor', 'test/e2e/aws.yaml', ...settings, '--out', aws.folder],
    { ...aws.env, AWS_SHARED_CREDENTIALS_FILE: '/none', ...env },
  );

  expect(code, stdout).toBe(3);
  expect(stdout).toMatch(expected);
});

it('judges the machine by what the scenario asks of it', async () => {
  const cwd = scenarioFor(`http://127.0.0.1:${await freePort()}`, await freePort());

  const { code, of } = await diagnose(['a.yaml', '--set', 'fleet.things=900000'], { cwd });

  expect(code).toBe(3);
  expect(of('ephemeral ports')).toMatchObject({ level: 'missing' });
});

it('a mistake in the scenario is a mistake in the scenario', async () => {
  const io = memoryIo();

  expect(await main(['doctor', 'test/e2e/wrong.yaml'], io)).toBe(2);
  expect(io.errors).toContain('wrong.yaml');
});
