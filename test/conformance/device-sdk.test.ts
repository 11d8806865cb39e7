import {
  CreateJobCommand,
  CreateThingCommand,
  DescribeJobExecutionCommand,
} from '@aws-sdk/client-iot';
import { iotjobs, mqtt } from 'aws-iot-device-sdk-v2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defaultAccount, formatArn } from '../../src/protocol/names.ts';
import { connectSdk5, connectSdk311, type SdkDevice } from '../support/device-sdk.ts';
import { controlClient, startTestEmulator } from '../support/emulator.ts';

const { JobStatus } = iotjobs.model;

const thingName = 'board-1';
const jobId = 'fw-1-4';
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
  ['MQTT 3.1.1', connectSdk311],
  ['MQTT 5', connectSdk5],
])('a device of the AWS IoT Device SDK over %s', (_, connect) => {
  it('finds nothing pending', async () => {
    const { emulator } = await jobForOneThing();
    const { jobs: client } = await connect(thingName, emulator.mqtt);

    const { execution, timestamp } = await client.describeJobExecution({
      thingName,
      jobId: '$next',
    });

    expect(execution).toBeUndefined();
    expect(timestamp).toBeDefined();
  });

  it('hears of a job, starts it, reports progress and completes it', async () => {
    const { emulator, release, statusOf } = await jobForOneThing();
    const { jobs: client } = await connect(thingName, emulator.mqtt);
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
    const { jobs: client } = await connect(thingName, emulator.mqtt);
    await release();

    await client.updateJobExecution({ thingName, jobId, status: JobStatus.REJECTED });

    expect(await statusOf()).toBe('REJECTED');
  });

  it('meets a version conflict, and an update that comes too late', async () => {
    const { emulator, release, statusOf } = await jobForOneThing();
    const { jobs: client } = await connect(thingName, emulator.mqtt);
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

  it('does the same with the older client: starts a job, and meets a conflict', async () => {
    const { emulator, release, statusOf } = await jobForOneThing();
    const { olderJobs: client } = await connect(thingName, emulator.mqtt);
    await release();
    const { AtLeastOnce } = mqtt.QoS;
    const started = answered<iotjobs.model.StartNextJobExecutionResponse>((settle) =>
      client.subscribeToStartNextPendingJobExecutionAccepted({ thingName }, AtLeastOnce, settle),
    );
    const refused = answered<iotjobs.model.RejectedErrorResponse>((settle) =>
      client.subscribeToUpdateJobExecutionRejected({ thingName, jobId }, AtLeastOnce, settle),
    );
    await Promise.all([started.subscribed, refused.subscribed]);

    await client.publishStartNextPendingJobExecution({ thingName }, AtLeastOnce);
    expect(await started.answer).toMatchObject({ execution: { jobId, versionNumber: 2 } });
    await client.publishUpdateJobExecution(
      { thingName, jobId, status: JobStatus.SUCCEEDED, expectedVersion: 9 },
      AtLeastOnce,
    );

    expect(await refused.answer).toMatchObject({ code: 'VersionMismatch' });
    expect(await statusOf()).toBe('IN_PROGRESS');
  });
});

/** The next notify-next message. */
function nextJob(client: SdkDevice['jobs']) {
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

/** A subscription of the older client, and the first message that comes over it. */
function answered<T>(
  subscribe: (settle: (error?: iotjobs.IotJobsError, response?: T) => void) => Promise<unknown>,
) {
  let subscribed: Promise<unknown> = Promise.resolve();
  const answer = new Promise<T | undefined>((resolve, reject) => {
    subscribed = subscribe((error, response) =>
      error === undefined ? resolve(response) : reject(error),
    );
  });
  return { subscribed, answer };
}
