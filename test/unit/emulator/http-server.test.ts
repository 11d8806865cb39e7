import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { listen } from '../../../src/emulator/listen.ts';
import { startTestEmulator, urlOf } from '../../support/emulator.ts';

/** Everything the server says to these bytes until it closes the connection. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write(bytes);
  return text(socket);
}

it('says what went wrong in AWS’s envelope', async () => {
  const { http } = await startTestEmulator();

  const unknown = await fetch(`${urlOf(http)}/things/ghost`);
  const nowhere = await fetch(`${urlOf(http)}/nowhere`);

  expect(unknown.status).toBe(404);
  expect(unknown.headers.get('content-type')).toBe('application/json');
  expect(unknown.headers.get('x-amzn-errortype')).toBe('ResourceNotFoundException');
  const requestId = unknown.headers.get('x-amzn-requestid');
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(await unknown.json()).toEqual({
    message: 'Thing ghost not found.',
    traceId: requestId,
  });
  expect(nowhere.status).toBe(404);
  expect(await nowhere.json()).toEqual({
    message: 'Not Found',
    traceId: nowhere.headers.get('x-amzn-requestid'),
  });
});

it('keeps a connection for the next request', async () => {
  const { http } = await startTestEmulator();
  const request = 'GET /jobs HTTP/1.1\r\nhost: x\r\n';

  const answers = await exchange(http.port, `${request}\r\n${request}connection: close\r\n\r\n`);

  expect(answers.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  expect(answers.match(/\{"jobs":\[\]\}/g)).toHaveLength(2);
});

it('stops reading a body that is too large, and goes on serving others', async () => {
  const { http } = await startTestEmulator();
  const head = 'POST /things/t HTTP/1.1\r\nhost: x\r\ncontent-length: 10000000\r\n\r\n';

  const answer = await exchange(http.port, head + 'x'.repeat(1024 * 1024 + 1));

  expect(answer).toContain('HTTP/1.1 413');
  expect(answer).toContain('RequestEntityTooLargeException');
  expect((await fetch(`${urlOf(http)}/_fleetrig/health`)).status).toBe(200);
});

it('survives a client that leaves in the middle of its body', async () => {
  const { http } = await startTestEmulator();
  const socket = connect(http.port, '127.0.0.1');
  socket.end('POST /things/t HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"a"');
  await text(socket);

  expect((await fetch(`${urlOf(http)}/_fleetrig/health`)).status).toBe(200);
});

it('serves its figures to Prometheus', async () => {
  const { http } = await startTestEmulator();
  await fetch(`${urlOf(http)}/things/ghost`);

  const answer = await fetch(`${urlOf(http)}/metrics`);
  const lines = (await answer.text()).split('\n');

  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(lines).toContain(
    'fleetrig_emulator_requests_total{operation="DescribeThing",code="ResourceNotFound"} 1',
  );
  expect(lines).toContain('fleetrig_emulator_executions{status="QUEUED"} 0');
});

it.each(['httpPort', 'mqttPort', 'dataPort'] as const)(
  'says that %s is taken, and leaves no other port open',
  async (name) => {
    const taken = (await startTestEmulator()).mqtt.port;
    const free = await freePort();

    const failed = startTestEmulator({ httpPort: free, [name]: taken });

    await expect(failed).rejects.toThrow(AppError);
    await expect(failed).rejects.toMatchObject({
      code: 'setup',
      message: expect.stringContaining(`port ${taken} on 127.0.0.1 is already in use`),
      hint: expect.any(String),
    });
    await expect(fetch(`http://127.0.0.1:${free}/`)).rejects.toThrow();
  },
);

async function freePort(): Promise<number> {
  const server = createServer();
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 }, 'test');
  await new Promise((resolve) => server.close(resolve));
  return port;
}
