import { mkdirSync, writeFileSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateJobCommand,
  CreateThingCommand,
  DescribeEventConfigurationsCommand,
  DescribeJobExecutionCommand,
  DescribeThingCommand,
  type IoTClient,
  ListThingsCommand,
  UpdateEventConfigurationsCommand,
} from '@aws-sdk/client-iot';
import { StartNextPendingJobExecutionCommand } from '@aws-sdk/client-iot-jobs-data-plane';
import { describe, expect, it } from 'vitest';
import { SteerableClock } from '../../src/base/clock.ts';
import type { Emulator, EmulatorOptions } from '../../src/emulator/emulator.ts';
import { openStore } from '../../src/emulator/store-lmdb.ts';
import { defaultDialect } from '../../src/protocol/dialect.ts';
import { connected, connecting } from '../support/broker.ts';
import { temporaryFolder } from '../support/cli.ts';
import {
  controlClient,
  dataClient,
  startTestEmulator,
  testTimeAt,
  urlOf,
} from '../support/emulator.ts';
import { thingArn } from '../support/engine-rig.ts';

/** An emulator whose simulated time began `minutes` after the test's, and stands still. */
function startAt(dataDir: string, minutes = 0, more: Partial<EmulatorOptions> = {}) {
  const clock = new SteerableClock({ simulatedOriginAt: testTimeAt + minutes * 60_000 });
  clock.freeze();
  return startTestEmulator({ dataDir, clock, ...more });
}

async function createThingAndJob(client: IoTClient, more = {}): Promise<void> {
  await client.send(new CreateThingCommand({ thingName: 'pump' }));
  await client.send(
    new CreateJobCommand({
      jobId: 'fw',
      targets: [thingArn('pump')],
      document: '{"op":"flash"}',
      ...more,
    }),
  );
}

async function pumpsExecution(emulator: Emulator): Promise<object | undefined> {
  const command = new DescribeJobExecutionCommand({ thingName: 'pump', jobId: 'fw' });
  return (await controlClient(emulator).send(command)).execution;
}

const startPump = new StartNextPendingJobExecutionCommand({ thingName: 'pump' });

async function post(emulator: Emulator, path: string, body: object = {}): Promise<void> {
  const answer = await fetch(`${urlOf(emulator.http)}/_fleetrig/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

describe('a data directory', () => {
  it('brings back registry, jobs, executions and settings', async () => {
    const dataDir = join(temporaryFolder(), 'made', 'here');
    const first = await startAt(dataDir);
    await createThingAndJob(controlClient(first));
    await dataClient(first.http).send(startPump);
    const enabled = { eventConfigurations: { JOB: { Enabled: true } } };
    await controlClient(first).send(new UpdateEventConfigurationsCommand(enabled));
    const thing = await controlClient(first).send(new DescribeThingCommand({ thingName: 'pump' }));
    await first.stop();

    const second = await startAt(dataDir);

    const client = controlClient(second);
    expect(await client.send(new DescribeThingCommand({ thingName: 'pump' }))).toMatchObject({
      thingId: thing.thingId,
    });
    const { eventConfigurations } = await client.send(new DescribeEventConfigurationsCommand());
    expect(eventConfigurations).toMatchObject(enabled.eventConfigurations);
    expect(await pumpsExecution(second)).toMatchObject({ status: 'IN_PROGRESS', versionNumber: 2 });
  });

  it('lets a timer fire that ran out while the emulator was away, once', async () => {
    const dataDir = temporaryFolder();
    const first = await startAt(dataDir);
    const timeoutConfig = { inProgressTimeoutInMinutes: 5 };
    await createThingAndJob(controlClient(first), { timeoutConfig });
    await dataClient(first.http).send(startPump);
    await first.stop();

    const second = await startAt(dataDir, 10);
    await expect
      .poll(() => pumpsExecution(second))
      .toMatchObject({ status: 'TIMED_OUT', versionNumber: 3 });
    await second.stop();

    const third = await startAt(dataDir, 11);
    expect(await pumpsExecution(third)).toMatchObject({ status: 'TIMED_OUT', versionNumber: 3 });
  });

  it('keeps a persistent session with what waits for it, and retained messages', async () => {
    const dataDir = temporaryFolder();
    const first = await startAt(dataDir);
    await createThingAndJob(controlClient(first));
    const device = await connected(first.mqtt.port, 'pump', { clean: false });
    await device.subscribe('$aws/things/pump/jobs/notify', 'news', { topic: 'quiet', qos: 0 });
    await device.drop();
    const other = await connected(first.mqtt.port, 'other');
    other.publish('news', 'one');
    other.publish('quiet', 'lost');
    other.publish('state', 'kept', { retain: true });
    other.publish('gone', 'kept', { retain: true });
    other.publish('gone', '', { retain: true });
    await other.settled();
    await controlClient(first).send(
      new CreateJobCommand({ jobId: 'fw-2', targets: [thingArn('pump')], document: '{}' }),
    );
    await first.stop();

    const second = await startAt(dataDir);
    const { client, connack } = await connecting(second.mqtt.port, 'pump', { clean: false });
    const received = await client.messages();
    second.clock.advanceTo(second.clock.now() + 1000);
    received.push(...(await client.messages()));
    await client.subscribe('state', 'gone');
    received.push(...(await client.messages()));

    expect(connack).toMatchObject({ sessionPresent: true });
    expect(
      received.map(({ topic, payload }) => `${topic} ${payload.toString().slice(0, 4)}`),
    ).toEqual(['news one', '$aws/things/pump/jobs/notify {"ti', 'state kept']);
    expect(second.clock.now()).toBeGreaterThan(testTimeAt);
    await second.stop();
    const third = await startAt(dataDir);
    const { client: again } = await connecting(third.mqtt.port, 'pump', { clean: false });
    third.clock.advanceTo(third.clock.now() + 1000);
    expect(await again.messages()).toEqual([]);
  });

  it('lets a session expire in simulated time while the emulator is away', async () => {
    const dataDir = temporaryFolder();
    const first = await startAt(dataDir);
    for (const clientId of ['a', 'b']) {
      const client = await connected(first.mqtt.port, clientId, { clean: false });
      await client.subscribe('news');
      await client.drop();
    }
    await first.stop();

    const second = await startAt(dataDir, 59);
    const early = await connecting(second.mqtt.port, 'a', { clean: false });
    await second.stop();
    const third = await startAt(dataDir, 61);
    const later = await connecting(third.mqtt.port, 'a', { clean: false });
    const late = await connecting(third.mqtt.port, 'b', { clean: false });

    expect(early.connack).toMatchObject({ sessionPresent: true });
    expect(later.connack).toMatchObject({ sessionPresent: true });
    expect(late.connack).toMatchObject({ sessionPresent: false });
  });

  it('is empty after a reset', async () => {
    const dataDir = temporaryFolder();
    const first = await startAt(dataDir);
    await createThingAndJob(controlClient(first));
    await post(first, 'reset');
    await controlClient(first).send(new CreateThingCommand({ thingName: 'after' }));
    await first.stop();

    const second = await startAt(dataDir);

    const { things } = await controlClient(second).send(new ListThingsCommand());
    expect(things?.map(({ thingName }) => thingName)).toEqual(['after']);
  });

  it('remembers how its clock was set, and never lets it go back', async () => {
    const dataDir = temporaryFolder();
    const first = await startTestEmulator({ dataDir, clock: { scale: 60 } });
    await post(first, 'clock', { freeze: true });
    await post(first, 'clock', { advanceSeconds: 86_400 });
    const { now } = first.clock.read();
    await first.stop();

    const second = await startTestEmulator({ dataDir, clock: {} });
    const resumed = second.clock.read();
    await createThingAndJob(controlClient(second));
    await second.stop();
    const third = await startTestEmulator({ dataDir, clock: { simulatedOriginAt: 0 } });

    expect(resumed).toMatchObject({ scale: 60, isFrozen: true });
    expect(resumed.now - now).toBeGreaterThanOrEqual(0);
    expect(resumed.now - now).toBeLessThan(60_000);
    expect(third.clock.now()).toBeGreaterThanOrEqual(resumed.now);
  });
});

describe('a data directory is refused', () => {
  it('while another emulator of this process has it', async () => {
    const dataDir = temporaryFolder();
    await startAt(dataDir);

    await expect(startAt(dataDir)).rejects.toMatchObject({
      code: 'setup',
      message: expect.stringContaining('in use by an emulator in this process'),
    });
  });

  it('when it was written under another dialect', async () => {
    const dataDir = temporaryFolder();
    await (await startAt(dataDir)).stop();

    await expect(
      startAt(dataDir, 0, { dialect: { ...defaultDialect, abortGate: 'notified' } }),
    ).rejects.toMatchObject({
      code: 'setup',
      message: expect.stringContaining('abortGate "completed", not "notified"'),
    });
    await startAt(dataDir);
  });

  it('when this version replays it to another end', async () => {
    const dir = temporaryFolder();
    const account = 'aws:us-east-1:123456789012';
    const store = await openStore({
      dir,
      fsync: false,
      head: { account, seed: 'test', dialect: defaultDialect },
    });
    store.journal.append({
      now: testTimeAt,
      command: { type: 'delete-job', jobId: 'nope', force: true },
      outcome: { ok: true, effects: 2 },
    });
    await store.close();

    await expect(startAt(dir)).rejects.toMatchObject({
      code: 'setup',
      message: expect.stringContaining('command 1 of the data directory'),
    });
  });

  it.each([
    ['is no store', 'x'.repeat(10_000), 'no LMDB file'],
    ['is too short', 'x', 'too short'],
  ])('when its file %s', async (_, content, message) => {
    const dataDir = temporaryFolder();
    writeFileSync(join(dataDir, 'fleetrig.mdb'), content);

    await expect(startAt(dataDir)).rejects.toMatchObject({
      code: 'setup',
      message: expect.stringContaining(message),
    });
  });

  it('when its file was cut short', async () => {
    const dataDir = temporaryFolder();
    const emulator = await startAt(dataDir);
    const thingNames = Array.from({ length: 2000 }, (_, index) => `pump-${index}`);
    await post(emulator, 'provision', { thingNames });
    await emulator.stop();
    await truncate(join(dataDir, 'fleetrig.mdb'), 12_000);

    await expect(startAt(dataDir)).rejects.toMatchObject({
      code: 'setup',
      message: expect.stringContaining('cut short'),
    });
  });

  it('when it is no directory, or not ours to write', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'taken', 'fleetrig.mdb'), { recursive: true });

    for (const name of ['file', 'taken', 'file/below']) {
      await expect(startAt(join(folder, name))).rejects.toMatchObject({
        code: 'setup',
        message: expect.stringContaining('cannot use data directory'),
      });
    }
  });
});
