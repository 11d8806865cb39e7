import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { entryBeside } from '../../src/base/entry.ts';
import { AppError } from '../../src/base/errors.ts';
import { listen } from '../../src/emulator/listen.ts';
import { spawnEmulator } from '../../src/emulator/spawn-emulator.ts';
import { connected, until } from '../support/broker.ts';
import { urlOf } from '../support/emulator.ts';

const options = { host: '127.0.0.1', httpPort: 0, mqttPort: 0, seed: '1' };

it('serves from a process of its own and ends when asked', async () => {
  const emulator = await spawnEmulator({ ...options, clock: { scale: 60 } });
  onTestFinished(async () => {
    await emulator.stop();
  });

  const answer = await fetch(`${urlOf(emulator.http)}/_fleetrig/clock`);

  expect(await answer.json()).toMatchObject({ scale: 60 });
  expect(emulator.pid).not.toBe(process.pid);
  expect(emulator.mqtt.port).toBeGreaterThan(0);
  expect(await emulator.stop()).toEqual({ code: 0, signal: null });
  expect(await emulator.stop()).toEqual({ code: 0, signal: null });
});

it('tells where it serves TLS, and whom to trust there', async () => {
  const emulator = await spawnEmulator({ ...options, httpsPort: 0, mqttsPort: 0 });
  onTestFinished(async () => {
    await emulator.stop();
  });
  const { https, mqtts } = emulator;

  const request = get({ port: https?.port, path: '/_fleetrig/health', ca: https?.caPem ?? '' });
  const [response] = await once(request, 'response');

  expect(response.statusCode).toBe(200);
  response.destroy();
  expect(mqtts?.caPem).toBe(https?.caPem);
});

it('tells of its own end', async () => {
  const emulator = await spawnEmulator(options);

  process.kill(emulator.pid, 'SIGKILL');

  expect(await emulator.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

it('leaves Ctrl-C to its parent', async () => {
  const emulator = await spawnEmulator(options);
  onTestFinished(async () => {
    await emulator.stop();
  });

  process.kill(emulator.pid, 'SIGINT');

  expect((await fetch(`${urlOf(emulator.http)}/_fleetrig/health`)).status).toBe(200);
});

/** The process as `spawnEmulator` starts it, but with its channel and stderr in our hands. */
function forkEmulator(): ChildProcess {
  const { file, execArgv } = entryBeside(
    new URL('../../src/emulator/x.ts', import.meta.url).href,
    'process',
  );
  return fork(file, { execArgv: [...execArgv], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

it('ends with its parent', async () => {
  const child = forkEmulator();
  child.send({ type: 'start', options });
  await once(child, 'message');

  child.disconnect();

  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('dies of a bug with one line that names it', async () => {
  const child = forkEmulator();
  const { stderr } = child;
  expect(stderr).not.toBeNull();
  if (stderr === null) return;

  // No start order of ours looks like this.
  child.send({ type: 'start', options: { ...options, httpPort: 'not a number' } });
  const [lines, exit] = await Promise.all([text(stderr), once(child, 'exit')]);

  expect(exit).toEqual([1, null]);
  expect(lines).toMatch(/^emulator crashed: .*ERR_SOCKET_BAD_PORT.*\n$/);
});

it('hands on why it could not start', async () => {
  const taken = createServer();
  const { port } = await listen(taken, { host: '127.0.0.1', port: 0 }, 'test');
  onTestFinished(() => {
    taken.close();
  });

  const failed = spawnEmulator({ ...options, mqttPort: port });

  await expect(failed).rejects.toThrow(AppError);
  await expect(failed).rejects.toMatchObject({
    code: 'setup',
    message: `MQTT port ${port} on 127.0.0.1 is already in use`,
    hint: expect.any(String),
  });
});

/** Its fronts, where the system tells of children (Linux). */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number)
    .filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('front-process'));
}

describe.skipIf(process.platform !== 'linux')('fronts of an emulator process', () => {
  it('end it when one of them ends, so that a run hears of it', async () => {
    const emulator = await spawnEmulator({ ...options, fronts: 2 });
    const [one, other, ...others] = childrenOf(emulator.pid);
    await connected(emulator.mqtt.port, 'c');
    expect(others).toEqual([]);

    process.kill(one ?? 0, 'SIGKILL');

    expect(await emulator.exited).toEqual({ code: 1, signal: null });
    await untilGone(other ?? 0);
  });

  it('end with it, however it ends', async () => {
    const emulator = await spawnEmulator({ ...options, fronts: 2 });
    const fronts = childrenOf(emulator.pid);
    const client = await connected(emulator.mqtt.port, 'c');

    process.kill(emulator.pid, 'SIGKILL');

    await client.rest();
    for (const front of fronts) await untilGone(front);
    expect(fronts).toHaveLength(2);
  });

  it('end when it is asked to, and stay with Ctrl-C', async () => {
    const emulator = await spawnEmulator({ ...options, fronts: 1 });
    const [front = 0] = childrenOf(emulator.pid);
    const client = await connected(emulator.mqtt.port, 'c');

    process.kill(front, 'SIGINT');
    expect(await client.settled()).toEqual([]);

    expect(await emulator.stop()).toEqual({ code: 0, signal: null });
    await untilGone(front);
  });
});

async function untilGone(pid: number): Promise<void> {
  await until(() => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
}
