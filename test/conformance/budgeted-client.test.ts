import {
  CreateThingCommand,
  DescribeThingCommand,
  IoTClient,
  ListThingsCommand,
} from '@aws-sdk/client-iot';
import { expect, it, onTestFinished } from 'vitest';
import { SteerableClock } from '../../src/base/clock.ts';
import { ApiBudget } from '../../src/cloud/api-budget.ts';
import { keepToBudget } from '../../src/cloud/budgeted-client.ts';
import type { Quotas } from '../../src/protocol/quotas.ts';
import { startTestEmulator, urlOf } from '../support/emulator.ts';

/** The SDK as a run uses it, with its own retries, against an emulator whose time is the wall's. */
async function rig(quotas: Quotas['control'], rates: Readonly<Record<string, number>>) {
  const clock = new SteerableClock();
  onTestFinished(() => clock.stop());
  const emulator = await startTestEmulator({
    quotas: { control: quotas, rates: {} },
    clock: new SteerableClock(),
  });
  const iot = new IoTClient({
    endpoint: urlOf(emulator.http),
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 5,
  });
  onTestFinished(() => iot.destroy());
  const budget = new ApiBudget(rates);
  keepToBudget(iot, { budget, clock });
  const usageOf = (name: string) => budget.usage().find(({ operation }) => operation === name);
  return { iot, usageOf };
}

const names = Array.from({ length: 60 }, (_, index) => `thing-${index}`);

it('is not refused once where the service allows what the budget says', async () => {
  const { iot, usageOf } = await rig({ CreateThing: 60 }, { CreateThing: 54 });

  await Promise.all(names.map((thingName) => iot.send(new CreateThingCommand({ thingName }))));

  expect(usageOf('CreateThing')).toMatchObject({
    calls: 60,
    attempts: 60,
    throttled: 0,
    failed: 0,
  });
  expect(usageOf('CreateThing')?.waitedMs).toBeGreaterThan(0);
});

it('gets every call through where the service allows a fifth of that, and says how often it was refused', async () => {
  const { iot, usageOf } = await rig({ CreateThing: 20 }, { CreateThing: 100 });

  await Promise.all(names.map((thingName) => iot.send(new CreateThingCommand({ thingName }))));

  const usage = usageOf('CreateThing');
  expect(usage).toMatchObject({ calls: 60, failed: 0 });
  expect(usage?.throttled).toBeGreaterThan(0);
  expect(usage?.attempts).toBe(60 + (usage?.throttled ?? 0));
  const { things } = await iot.send(new ListThingsCommand({ maxResults: 250 }));
  expect(things).toHaveLength(60);
});

it('leaves other errors to who called, and counts those that are no plain answer', async () => {
  const { iot, usageOf } = await rig({}, {});

  await expect(iot.send(new DescribeThingCommand({ thingName: 'none' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await expect(iot.send(new ListThingsCommand({ maxResults: 9999 }))).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });

  expect(usageOf('DescribeThing')).toMatchObject({
    calls: 1,
    attempts: 1,
    throttled: 0,
    failed: 0,
  });
  expect(usageOf('ListThings')).toMatchObject({ calls: 1, attempts: 1, throttled: 0, failed: 1 });
});
