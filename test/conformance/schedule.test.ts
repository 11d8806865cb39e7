import {
  AddThingToThingGroupCommand,
  AssociateTargetsWithJobCommand,
  CancelJobCommand,
  CreateJobCommand,
  type CreateJobCommandInput,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeleteJobCommand,
  DescribeJobCommand,
  type IoTClient,
  ListJobExecutionsForThingCommand,
  ListJobsCommand,
  UpdateJobCommand,
} from '@aws-sdk/client-iot';
import {
  DescribeJobExecutionCommand,
  GetPendingJobExecutionsCommand,
  type IoTJobsDataPlaneClient,
  UpdateJobExecutionCommand,
} from '@aws-sdk/client-iot-jobs-data-plane';
import { connectAsync, type MqttClient } from 'mqtt';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { jobsTopic } from '../../src/protocol/topics.ts';
import { controlClient, dataClient, startTestEmulator } from '../support/emulator.ts';

// The clock stands at 2025-01-01T00:00:00.250Z.
const minute = 60_000;
const group = 'arn:aws:iot:us-east-1:123456789012:thinggroup/pumps';

let emulator: Emulator;
let iot: IoTClient;
let data: IoTJobsDataPlaneClient;
let device: MqttClient;
/** Topic suffix and payload of all that came, in order. */
let received: [string, Record<string, unknown>][];
let wake: () => void;

beforeEach(async () => {
  emulator = await startTestEmulator();
  iot = controlClient(emulator);
  data = dataClient(emulator.http);
  await iot.send(new CreateThingCommand({ thingName: 'pump' }));
  await iot.send(new CreateThingGroupCommand({ thingGroupName: 'pumps' }));
  await iot.send(new AddThingToThingGroupCommand({ thingName: 'pump', thingGroupName: 'pumps' }));
  const { host, port } = emulator.mqtt;
  device = await connectAsync(`mqtt://${host}:${port}`, { clientId: 'pump', reconnectPeriod: 0 });
  onTestFinished(() => device.endAsync(true));
  received = [];
  wake = () => undefined;
  device.on('message', (topic, payload) => {
    received.push([topic.slice(jobsTopic('pump', '').length), JSON.parse(payload.toString())]);
    wake();
  });
});

async function until(count: number): Promise<typeof received> {
  while (received.length < count) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  return received.splice(0);
}

async function subscribe(...suffixes: string[]): Promise<void> {
  await device.subscribeAsync(
    suffixes.map((suffix) => jobsTopic('pump', suffix)),
    { qos: 1 },
  );
}

async function ask(suffix: string, payload: object): Promise<[string, Record<string, unknown>]> {
  await device.publishAsync(jobsTopic('pump', suffix), JSON.stringify(payload), { qos: 1 });
  const [answer] = await until(1);
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

async function createJob(jobId: string, rest: Partial<CreateJobCommandInput>): Promise<void> {
  await iot.send(new CreateJobCommand({ jobId, targets: [group], document: '{"a":1}', ...rest }));
  emulator.clock.advanceTo(emulator.clock.now());
}

async function jobOf(jobId: string) {
  return (await iot.send(new DescribeJobCommand({ jobId }))).job;
}

function advance(minutes: number): void {
  emulator.clock.advanceTo(emulator.clock.now() + minutes * minute);
}

describe('a scheduled job', () => {
  it('starts in its time, and is told by DescribeJob and ListJobs until then', async () => {
    await subscribe('notify', 'notify-next');
    const schedulingConfig = {
      startTime: '2025-01-01 01:00',
      endTime: '2025-01-01T02:00Z',
      endBehavior: 'FORCE_CANCEL',
    } as const;
    await createJob('fw', { schedulingConfig });

    expect(await jobOf('fw')).toMatchObject({
      status: 'SCHEDULED',
      isConcurrent: false,
      schedulingConfig,
    });
    const listed = await iot.send(
      new ListJobsCommand({ status: 'SCHEDULED', thingGroupName: 'pumps' }),
    );
    expect(listed.jobs).toMatchObject([{ jobId: 'fw', status: 'SCHEDULED' }]);

    advance(60);
    expect(await until(2)).toMatchObject([
      ['notify', { timestamp: 1_735_693_200, jobs: { QUEUED: [{ jobId: 'fw' }] } }],
      ['notify-next', { execution: { jobId: 'fw', status: 'QUEUED' } }],
    ]);
    expect((await jobOf('fw'))?.status).toBe('IN_PROGRESS');

    advance(60);
    expect(await until(2)).toMatchObject([
      ['notify', { jobs: {} }],
      ['notify-next', { timestamp: 1_735_696_800 }],
    ]);
    expect(await jobOf('fw')).toMatchObject({
      status: 'COMPLETED',
      jobProcessDetails: { numberOfCanceledThings: 1 },
    });
  });

  it('shows its executions inside its maintenance windows only', async () => {
    await subscribe('notify', 'notify-next');
    const maintenanceWindows = [{ startTime: 'cron(30 * * * ? *)', durationInMinutes: 10 }];
    await createJob('fw', {
      targetSelection: 'CONTINUOUS',
      schedulingConfig: { maintenanceWindows },
    });
    const job = await jobOf('fw');
    expect(job?.scheduledJobRollouts).toHaveLength(7);
    expect(job?.scheduledJobRollouts?.[0]).toEqual({ startTime: '2025-01-01 00:30:00' });

    advance(30);
    expect((await until(2)).map(([topic]) => topic)).toEqual(['notify', 'notify-next']);
    advance(10);
    expect(await until(2)).toMatchObject([
      ['notify', { jobs: {} }],
      ['notify-next', { timestamp: 1_735_692_000 }],
    ]);

    expect((await jobOf('fw'))?.status).toBe('SCHEDULED');
    const address = { thingName: 'pump', jobId: 'fw' };
    const pending = await data.send(new GetPendingJobExecutionsCommand(address));
    expect(pending).toMatchObject({ queuedJobs: [] });
    const described = await data.send(new DescribeJobExecutionCommand(address));
    expect(described.execution?.status).toBe('QUEUED');
    await expect(
      data.send(new UpdateJobExecutionCommand({ ...address, status: 'SUCCEEDED' })),
    ).rejects.toMatchObject({
      name: 'InvalidStateTransitionException',
      $metadata: { httpStatusCode: 409 },
    });
    expect(await ask('start-next', { clientToken: 'a' })).toEqual([
      'start-next/accepted',
      { timestamp: 1_735_692_000, clientToken: 'a' },
    ]);
    await expect(
      iot.send(new AssociateTargetsWithJobCommand({ jobId: 'fw', targets: [group] })),
    ).rejects.toMatchObject({ name: 'InvalidRequestException' });

    advance(50);
    expect((await until(2)).map(([topic]) => topic)).toEqual(['notify', 'notify-next']);
    await iot.send(new CancelJobCommand({ jobId: 'fw' }));
    expect((await until(2))[0]).toMatchObject(['notify', { jobs: {} }]);
  });

  it.each([
    [
      { startTime: '2025-01-01 00:10' },
      "1 validation error detected: Value '2025-01-01 00:10' at 'schedulingConfig.startTime' failed to satisfy constraint: Member must be at least 30 minutes from now",
    ],
    [
      { startTime: 'noon', endBehavior: 'CANCEL' },
      "2 validation errors detected: Value 'noon' at 'schedulingConfig.startTime' failed to satisfy constraint: Member must be a time such as 2026-01-31 23:30 or 2026-01-31T23:30Z; Value 'CANCEL' at 'schedulingConfig.endBehavior' failed to satisfy constraint: Member must be absent when there is no endTime",
    ],
    [
      { maintenanceWindows: [{ startTime: '* * * * * *', durationInMinutes: 10 }] },
      "1 validation error detected: Value '* * * * * *' at 'schedulingConfig.maintenanceWindows.1.member.startTime' failed to satisfy constraint: Member must be a cron expression",
    ],
  ] as const)('is refused with %o', async (schedulingConfig, message) => {
    const request = {
      schedulingConfig: schedulingConfig as never,
      targetSelection: 'CONTINUOUS',
    } as const;

    await expect(createJob('fw', request)).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message,
    });
  });
});

describe('a job in a namespace', () => {
  it('is told, described and updated on the topics of the namespace', async () => {
    await subscribe('notify', 'notify-next', 'notify-namespace-gg', 'notify-next-namespace-gg');
    await createJob('green', { namespaceId: 'gg' });

    expect(await until(2)).toMatchObject([
      ['notify-namespace-gg', { jobs: { QUEUED: [{ jobId: 'green' }] } }],
      ['notify-next-namespace-gg', { execution: { jobId: 'green', jobDocument: { a: 1 } } }],
    ]);
    expect(await ask('$next/namespace-gg/get', {})).toMatchObject([
      '$next/namespace-gg/get/accepted',
      { execution: { jobId: 'green', status: 'QUEUED' } },
    ]);
    expect((await ask('$next/get', {}))[1]).not.toHaveProperty('execution');
    expect(await ask('green/namespace-bb/get', {})).toMatchObject([
      'green/namespace-bb/get/rejected',
      { code: 'ResourceNotFound' },
    ]);
    expect(await ask('$next/namespace-gg/update', { status: 'IN_PROGRESS' })).toMatchObject([
      '$next/namespace-gg/update/rejected',
      { code: 'InvalidTopic' },
    ]);

    await device.publishAsync(
      jobsTopic('pump', 'green/namespace-gg/update'),
      '{"status":"SUCCEEDED","clientToken":"c"}',
      { qos: 1 },
    );
    expect(await until(3)).toMatchObject([
      ['green/namespace-gg/update/accepted', { clientToken: 'c' }],
      ['notify-namespace-gg', { jobs: {} }],
      ['notify-next-namespace-gg', {}],
    ]);
  });

  it('is found by operations that name the namespace', async () => {
    await createJob('green', { namespaceId: 'gg', targetSelection: 'CONTINUOUS' });
    await createJob('plain', {});

    expect((await jobOf('green'))?.namespaceId).toBe('gg');
    const jobs = await iot.send(new ListJobsCommand({ namespaceId: 'gg' }));
    expect(jobs.jobs?.map(({ jobId }) => jobId)).toEqual(['green']);
    const executions = await iot.send(
      new ListJobExecutionsForThingCommand({ thingName: 'pump', namespaceId: 'gg' }),
    );
    expect(executions.executionSummaries?.map(({ jobId }) => jobId)).toEqual(['green']);
    await iot.send(new UpdateJobCommand({ jobId: 'green', namespaceId: 'gg', description: 'new' }));
    await iot.send(
      new AssociateTargetsWithJobCommand({ jobId: 'green', namespaceId: 'gg', targets: [group] }),
    );
    await expect(
      iot.send(new DeleteJobCommand({ jobId: 'green', namespaceId: 'bb', force: true })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await iot.send(new DeleteJobCommand({ jobId: 'green', namespaceId: 'gg', force: true }));
  });
});
