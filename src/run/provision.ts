import {
  AddThingToThingGroupCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DescribeJobCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { type Batch, thingNameOf } from '../device/population.ts';
import { type Account, parseArn } from '../protocol/names.ts';
import type { EmulatorAdmin } from './emulator-admin.ts';

/** API calls under way at once when things are registered one by one. */
const lanes = 16;
/** Things per bulk request: keeps a request body under 1 MB. */
const bulkSize = 5000;

/** Creates the groups, parents first, and tells the account they are in (from the first ARN). */
export async function createGroups(
  iot: IoTClient,
  groups: readonly { readonly name: string; readonly parent?: string }[],
): Promise<Account | undefined> {
  let account: Account | undefined;
  for (const { name, parent } of groups) {
    const { thingGroupArn } = await iot.send(
      new CreateThingGroupCommand({ thingGroupName: name, parentGroupName: parent }),
    );
    account ??= parseArn(thingGroupArn ?? '');
  }
  return account;
}

/** Says which of these jobs are there already: their ids cannot be used again (reference §7.1). */
export async function findExistingJobs(
  iot: IoTClient,
  jobIds: readonly string[],
): Promise<string[]> {
  const existing: string[] = [];
  await inLanes(jobIds, async (jobId) => {
    try {
      await iot.send(new DescribeJobCommand({ jobId }));
      existing.push(jobId);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    }
  });
  return existing.sort();
}

/** Registers things and puts them into a group: in bulk on the emulator, else one by one over the SDK. */
export async function registerThings(
  iot: IoTClient,
  admin: EmulatorAdmin | undefined,
  thingNames: readonly string[],
  group: string | undefined,
): Promise<void> {
  if (admin === undefined) {
    await inLanes(thingNames, (thingName) => registerThing(iot, thingName, group));
    return;
  }
  for (let from = 0; from < thingNames.length; from += bulkSize) {
    await admin.provision(thingNames.slice(from, from + bulkSize), group);
  }
}

async function registerThing(
  iot: IoTClient,
  thingName: string,
  group: string | undefined,
): Promise<void> {
  await iot.send(new CreateThingCommand({ thingName }));
  if (group === undefined) return;
  await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: group }));
}

/** Works through `items` with at most `lanes` under way; the first failure stops all lanes. */
export async function inLanes<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      try {
        await work(items[index] as T);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

export function thingNames(pattern: string, batch: Batch | undefined): string[] {
  if (batch === undefined) return [];
  const { firstIndex, count } = batch;
  return Array.from({ length: count }, (_, place) => thingNameOf(pattern, firstIndex + place));
}
