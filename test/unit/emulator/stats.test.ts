import { CreateJobCommand, CreateThingCommand } from '@aws-sdk/client-iot';
import {
  GetPendingJobExecutionsCommand,
  StartNextPendingJobExecutionCommand,
} from '@aws-sdk/client-iot-jobs-data-plane';
import { expect, it } from 'vitest';
import type { Emulator } from '../../../src/emulator/emulator.ts';
import { controlClient, dataClient, startTestEmulator, urlOf } from '../../support/emulator.ts';

const thingName = 'pump-1';

/** Value by series, as `/metrics` tells them. */
async function seriesOf({ http }: Emulator): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(`${urlOf(http)}/metrics`)).text();
  const lines = text.split('\n').filter((line) => /^[a-z]/.test(line));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

it('what devices may ask for is there from the start, at 0', async () => {
  const series = await seriesOf(await startTestEmulator());

  expect(series).toMatchObject({
    'fleetrig_emulator_requests_total{operation="update",code="OK"}': 0,
    'fleetrig_emulator_requests_total{operation="start-next",code="RequestThrottled"}': 0,
    'fleetrig_emulator_request_duration_seconds_count{operation="describe"}': 0,
    'fleetrig_emulator_throttled_total{operation="update",limit="dataWrites"}': 0,
    'fleetrig_emulator_messages_dropped_total{reason="slow-reader"}': 0,
    fleetrig_emulator_tick_duration_seconds_count: 0,
    fleetrig_emulator_retained_bytes: 0,
  });
  expect(series['process_resident_memory_bytes']).toBeGreaterThan(1e6);
  expect(series['fleetrig_emulator_event_loop_active_seconds_total']).toBeGreaterThan(0);
});

it('counts and times requests, and tells which quota stopped them', async () => {
  const emulator = await startTestEmulator({ quotas: { control: {}, rates: { dataReads: 1 } } });
  const data = dataClient(emulator.http);
  const ask = () => data.send(new GetPendingJobExecutionsCommand({ thingName }));
  await controlClient(emulator).send(new CreateThingCommand({ thingName }));
  await ask();
  await expect(ask()).rejects.toThrow('Rate exceeded');

  expect(await seriesOf(emulator)).toMatchObject({
    'fleetrig_emulator_requests_total{operation="get",code="OK"}': 1,
    'fleetrig_emulator_requests_total{operation="get",code="RequestThrottled"}': 1,
    'fleetrig_emulator_throttled_total{operation="get",limit="dataReads"}': 1,
    'fleetrig_emulator_request_duration_seconds_count{operation="get"}': 2,
    'fleetrig_emulator_request_duration_seconds_count{operation="CreateThing"}': 1,
  });
});

it('times what was due', async () => {
  const emulator = await startTestEmulator();
  const client = controlClient(emulator);
  const { thingArn = '' } = await client.send(new CreateThingCommand({ thingName }));
  const timeoutConfig = { inProgressTimeoutInMinutes: 1 };
  const job = { jobId: 'fw', targets: [thingArn], document: '{}', timeoutConfig };
  await client.send(new CreateJobCommand(job));
  await dataClient(emulator.http).send(new StartNextPendingJobExecutionCommand({ thingName }));

  emulator.clock.advanceTo(emulator.clock.now() + 61_000);

  const series = await seriesOf(emulator);
  expect(series['fleetrig_emulator_tick_duration_seconds_count']).toBeGreaterThan(0);
  expect(series['fleetrig_emulator_tick_duration_seconds_sum']).toBeGreaterThan(0);
});
