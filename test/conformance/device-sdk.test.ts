import {
  CreateJobCommand,
  CreateThingCommand,
  DescribeJobExecutionCommand,
} from '@aws-sdk/client-iot';
import { io, iotjobs, mqtt, mqtt5 } from 'aws-iot-device-sdk-v2';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { defaultAccount, formatArn } from '../../src/protocol/names.ts';
import { controlClient, startTestEmulator } from '../support/emulator.ts';

/** The AWS IoT Device SDK v2 (C runtime), unmodified, as a device of the emulator. */
type Client = iotjobs.IotJobsClientv2;

const { JobStatus } = iotjobs.model;

const thingName = 'board-1';
const jobId = 'fw-1-4';
const options = {
  maxRequestResponseSubscriptions: 6,
  maxStreamingSubscriptions: 2,
  operationTimeoutInSeconds: 10,
};

async function connect311({ mqtt: { host, port } }: Emulator): Promise<Client> {
  const connection = new mqtt.MqttClient().new_connection({
    client_id: thingName,
    host_name: host,
    port,
    clean_session: true,
    keep_alive: 60,
    socket_options: new io.SocketOptions(),
  });
  await connection.connect();
  const client = iotjobs.IotJobsClientv2.newFromMqtt311(connection, options);
  onTestFinished(async () => {
    client.close();
    await connection.disconnect();
  });
  return client;
}

async function connect5({ mqtt: { host, port } }: Emulator): Promise<Client> {
  const protocol = new mqtt5.Mqtt5Client({
    hostName: host,
    port,
    connectProperties: { clientId: thingName, keepAliveIntervalSeconds: 60 },
  });
  const connected = new Promise<void>((resolve, reject) => {
    protocol.once('connectionSuccess', () => resolve());
    protocol.once('connectionFailure', ({ error }) => reject(error));
  });
  protocol.start();
  await connected;
  const client = iotjobs.IotJobsClientv2.newFromMqtt5(protocol, options);
  onTestFinished(async () => {
    const stopped = new Promise((resolve) => protocol.once('stopped', resolve));
    client.close();
    protocol.stop();
    await stopped;
    protocol.close();
  });
  return client;
}

/** An emulator with one thing, and one job for it once `release` is called. */
async function jobForOneThing() {
  const emulator = await startTestEmulator();
  const control = controlClient(emulator);
  await control.send(new CreateThingCommand({ thingName }));
  return {
    emulator,
    release: async () => {
      const targets = [formatArn(defaultAccount, 'thing', thingName)];
      const document = '{"operation":"update","version":"1.4"}';
      await control.send(new CreateJobCommand({ jobId, targets, document }));
      emulator.clock.advanceTo(emulator.clock.now());
    },
    statusOf: async () => {
      const { execution } = await control.send(
        new DescribeJobExecutionCommand({ jobId, thingName }),
      );
      return execution?.status;
    },
  };
}

describe.each([
  ['MQTT 3.1.1', connect311],
  ['MQTT 5', connect5],
])('a device of the AWS IoT Device SDK over %s', (_, connect) => {
  it('finds nothing pending', async () => {
    const { emulator } = await jobForOneThing();
    const client = await connect(emulator);

    const { execution, timestamp } = await client.describeJobExecution({
      thingName,
      jobId: '$next',
    });

    expect(execution).toBeUndefined();
    expect(timestamp).toBeDefined();
  });

  it('hears of a job, starts it, reports progress and completes it', async () => {
    const { emulator, release, statusOf } = await jobForOneThing();
    const client = await connect(emulator);
    const heard = nextJob(client);
    await heard.subscribed;
    await release();

    expect(await heard.event).toMatchObject({
      execution: { jobId, status: 'QUEUED', versionNumber: 1 },
    });
    const started = await client.startNextPendingJobExecution({ thingName });
    expect(started.execution).toMatchObject({
      jobId,
      status: JobStatus.IN_PROGRESS,
      versionNumber: 2,
      jobDocument: { operation: 'update', version: '1.4' },
    });
    await client.updateJobExecution({
      thingName,
      jobId,
      status: JobStatus.IN_PROGRESS,
      statusDetails: { step: 'download' },
      expectedVersion: 2,
    });
    const done = await client.updateJobExecution({
      thingName,
      jobId,
      status: JobStatus.SUCCEEDED,
      includeJobExecutionState: true,
    });

    expect(done.executionState).toMatchObject({ status: 'SUCCEEDED', versionNumber: 4 });
    expect(await statusOf()).toBe('SUCCEEDED');
    expect((await client.getPendingJobExecutions({ thingName })).queuedJobs).toEqual([]);
  });

  it('rejects a job', async () => {
    const { emulator, release, statusOf } = await jobForOneThing();
    const client = await connect(emulator);
    await release();

    await client.updateJobExecution({ thingName, jobId, status: JobStatus.REJECTED });

    expect(await statusOf()).toBe('REJECTED');
  });

  it('meets a version conflict, and an update that comes too late', async () => {
    const { emulator, release, statusOf } = await jobForOneThing();
    const client = await connect(emulator);
    await release();

    const conflict = client.updateJobExecution({
      thingName,
      jobId,
      status: JobStatus.IN_PROGRESS,
      expectedVersion: 99,
    });

    await expect(conflict).rejects.toMatchObject({
      modeledError: {
        code: 'VersionMismatch',
        executionState: { status: 'QUEUED', versionNumber: 1 },
      },
    });
    await client.updateJobExecution({ thingName, jobId, status: JobStatus.FAILED });
    await expect(
      client.updateJobExecution({ thingName, jobId, status: JobStatus.SUCCEEDED }),
    ).rejects.toMatchObject({ modeledError: { code: 'InvalidStateTransition' } });
    expect(await statusOf()).toBe('FAILED');
  });
});

/** The next notify-next message. */
function nextJob(client: Client) {
  const stream = client.createNextJobExecutionChangedStream({ thingName });
  const subscribed = new Promise<void>((resolve) => {
    stream.on('subscriptionStatus', ({ type }) => {
      if (type === 0) resolve();
    });
  });
  const event = new Promise<iotjobs.model.NextJobExecutionChangedEvent>((resolve) => {
    stream.on('incomingPublish', (publish) => resolve(publish.message));
  });
  stream.open();
  onTestFinished(() => stream.close());
  return { subscribed, event };
}
