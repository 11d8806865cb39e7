import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { connectAsync } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { memoryIo } from '../../support/memory-io.ts';

/** Runs `fleetrig emulate` on free ports until the test ends; resolves with the ports it tells. */
async function emulate(...args: string[]) {
  let interrupt: (exitCode: 130) => void = () => undefined;
  let done: Promise<number> | undefined;
  const ports = new Promise<string>((resolve) => {
    const io = memoryIo({
      stdout: resolve,
      onSignal: (listener) => {
        interrupt = listener;
        return () => undefined;
      },
    });
    done = main(['emulate', '--port', '0', '--mqtt-port', '0', '--json', ...args], io);
  });
  onTestFinished(async () => {
    interrupt(130);
    await done;
  });
  return JSON.parse(await ports);
}

it('serves TLS whose CA it writes for clients to trust', async () => {
  const caFile = join(temporaryFolder(), 'ca.pem');

  const { mqtts } = await emulate('--ca-out', caFile, '--host-name', 'iot.example.test');

  const ca = readFileSync(caFile, 'utf8');
  expect(ca).not.toContain('PRIVATE KEY');
  const socket = connect({ port: mqtts.port, ca, servername: 'iot.example.test' });
  onTestFinished(() => {
    socket.destroy();
  });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  expect(socket.authorized).toBe(true);
});

it('serves HTTPS where asked for', async () => {
  const caFile = join(temporaryFolder(), 'ca.pem');

  const { https } = await emulate('--ca-out', caFile, '--https-port', '0');

  const options = { port: https.port, ca: readFileSync(caFile, 'utf8'), agent: false as const };
  const request = get({ host: 'localhost', path: '/_fleetrig/health', ...options });
  const [response] = await once(request, 'response');
  expect(response.statusCode).toBe(200);
  response.resume();
});

it('lets clients of an authorizer in, when given one', async () => {
  const file = join(temporaryFolder(), 'authorizer.json');
  const policy = { Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] };
  writeFileSync(file, JSON.stringify({ name: 'fleet', policyDocuments: [policy] }));

  const { mqtts, https } = await emulate('--authorizer', file);

  expect(https).toBeUndefined();
  const client = await connectAsync(`mqtts://localhost:${mqtts.port}`, {
    ALPNProtocols: ['mqtt'],
    rejectUnauthorized: false,
    reconnectPeriod: 0,
    username: '?x-amz-customauthorizer-name=fleet',
  });
  await client.endAsync();
});

it.each([
  [['--https-port', '70000'], 2, '--https-port 70000: not a port'],
  [['--authorizer', '/nowhere.json'], 2, 'cannot read the authorizer from /nowhere.json'],
  [['--access-key', 'AKIDEXAMPLE'], 2, '--access-key takes an id and a secret'],
  [['--fronts', '65'], 2, '--fronts 65: not a whole number from 0 to 64'],
  [['--ca-out', '/nowhere/at/all/ca.pem'], 3, 'cannot write the CA certificate'],
])('%j ends with %i and says why', async (args, code, message) => {
  const io = memoryIo();

  expect(await main(['emulate', '--port', '0', '--mqtt-port', '0', ...args], io)).toBe(code);
  expect(io.errors).toContain(message);
});
