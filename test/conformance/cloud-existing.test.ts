import {
  AddThingToThingGroupCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { expect, it } from 'vitest';
import { callsOf } from '../../src/cloud/resource-calls.ts';
import { accountContent, CloudRun, resourcePlan, watchedClient } from '../support/cloud.ts';
import { controlClient, startTestEmulator } from '../support/emulator.ts';

/** Groups and things that were there before a run: no job of it may reach others than those of its fleet. */

const text = `name: cloud
target: { aws: { identity: { from: csr }, things: existing, group: existing } }
fleet: { things: 2, thingName: "pump-{index}", group: { name: pumps, parent: all } }
groups: [{ name: all }]
jobs: [{ create: { jobId: fw, targets: [{ group: all }], document: { v: 1 } } }]
`;

async function account(): Promise<IoTClient> {
  const iot = controlClient(await startTestEmulator());
  await iot.send(new CreateThingGroupCommand({ thingGroupName: 'all' }));
  await iot.send(new CreateThingGroupCommand({ thingGroupName: 'pumps', parentGroupName: 'all' }));
  await iot.send(new CreateThingGroupCommand({ thingGroupName: 'real', parentGroupName: 'all' }));
  for (const thingName of ['pump-0', 'pump-1']) await join(iot, thingName, 'pumps');
  return iot;
}

async function join(iot: IoTClient, thingName: string, thingGroupName: string): Promise<void> {
  await iot.send(new CreateThingCommand({ thingName }));
  await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName }));
}

it.each([
  ['the group itself', 'all'],
  ['a group below it', 'real'],
])('a group is refused where a job for it would reach another thing, in %s', async (_, group) => {
  const iot = await account();
  await join(iot, 'boiler', group);
  const before = await accountContent(iot);
  const run = new CloudRun(resourcePlan(text));

  await expect((await run.provisioner(iot)).provision(() => undefined)).rejects.toMatchObject({
    code: 'setup',
    message:
      'group all holds things that are not of this fleet, and a job would reach them: boiler',
  });

  expect(await accountContent(iot)).toEqual(before);
});

it('a group of the fleet alone is used, with the calls that were foretold', async () => {
  const watched = watchedClient(await account());
  const plan = resourcePlan(text);

  await (await new CloudRun(plan).provisioner(watched.iot)).provision(() => undefined);

  expect(watched.counts).toEqual(callsOf(plan).provisioning);
});

it('devices that start whatever waits have no place on things of before', () => {
  const starting = text.replace('fleet: {', 'fleet: { profile: { client: start-next },');

  expect(() => resourcePlan(starting)).toThrow('start-next would start any job');
  expect(() =>
    resourcePlan(starting.replace(', things: existing, group: existing', '')),
  ).not.toThrow();
});
