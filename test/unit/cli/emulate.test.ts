import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
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

it.each([
  [['--access-key', 'AKIDEXAMPLE'], 2, '--access-key takes an id and a secret'],
  [['--fronts', '65'], 2, '--fronts 65: not a whole number from 0 to 64'],
  [['--ca-out', '/nowhere/at/all/ca.pem'], 3, 'cannot write the CA certificate'],
])('%j ends with %i and says why', async (args, code, message) => {
  const io = memoryIo();

  expect(await main(['emulate', '--port', '0', '--mqtt-port', '0', ...args], io)).toBe(code);
  expect(io.errors).toContain(message);
});
