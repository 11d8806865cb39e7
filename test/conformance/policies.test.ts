import {
  AttachPolicyCommand,
  CreatePolicyCommand,
  CreateThingGroupCommand,
  DeletePolicyCommand,
  DeleteThingGroupCommand,
  DetachPolicyCommand,
  GetPolicyCommand,
  type IoTClient,
  ListAttachedPoliciesCommand,
  ListPoliciesCommand,
  ListTargetsForPolicyCommand,
} from '@aws-sdk/client-iot';
import { expect, it } from 'vitest';
import { controlClient, startTestEmulator, testTimeAt, urlOf } from '../support/emulator.ts';
import { createIdentity, ownJobsPolicy } from '../support/identity.ts';
import { errorOf, failure } from '../support/sdk-errors.ts';

/** The life of policies through the AWS SDK, from creation to deletion. */

const policyName = 'p';
const target = 'us-east-1:00000000-0000-0000-0000-000000000000';

async function control(...policyNames: readonly string[]): Promise<IoTClient> {
  const client = controlClient(await startTestEmulator());
  for (const name of policyNames) {
    await client.send(new CreatePolicyCommand({ policyName: name, policyDocument: ownJobsPolicy }));
  }
  return client;
}

const policyArn = (name: string) => `arn:aws:iot:us-east-1:123456789012:policy/${name}`;

it('GetPolicy tells what CreatePolicy was given', async () => {
  const client = await control(policyName);

  const policy = await client.send(new GetPolicyCommand({ policyName }));

  expect(policy).toMatchObject({
    policyName,
    policyArn: policyArn(policyName),
    policyDocument: ownJobsPolicy,
    defaultVersionId: '1',
    creationDate: new Date(testTimeAt),
    lastModifiedDate: new Date(testTimeAt),
  });
  expect(await errorOf(client.send(new GetPolicyCommand({ policyName: 'other' })))).toEqual(
    failure('ResourceNotFoundException', 404),
  );
});

it('DeletePolicy wants it detached everywhere', async () => {
  const client = await control(policyName);
  const { certificateArn } = await createIdentity(client);
  for (const each of [certificateArn, target]) {
    await client.send(new AttachPolicyCommand({ policyName, target: each }));
  }
  const remove = () => errorOf(client.send(new DeletePolicyCommand({ policyName })));

  expect(await remove()).toEqual(failure('DeleteConflictException', 409));
  await client.send(new DetachPolicyCommand({ policyName, target }));
  expect(await remove()).toEqual(failure('DeleteConflictException', 409));
  await client.send(new DetachPolicyCommand({ policyName, target: certificateArn }));
  expect(await remove()).toHaveProperty('accepted');

  expect(await remove()).toEqual(failure('ResourceNotFoundException', 404));
  expect((await client.send(new ListPoliciesCommand({}))).policies).toEqual([]);
});

it('the stats tell how often each operation was asked for, by outcome', async () => {
  const emulator = await startTestEmulator();
  const client = controlClient(emulator);
  const input = { policyName, policyDocument: ownJobsPolicy };
  await client.send(new CreatePolicyCommand(input));
  await errorOf(client.send(new CreatePolicyCommand(input)));
  await client.send(new DeletePolicyCommand({ policyName }));

  const stats = await fetch(`${urlOf(emulator.http)}/_fleetrig/stats`);

  const { requests } = (await stats.json()) as { requests: object };
  expect(requests).toMatchObject({
    CreatePolicy: { OK: 1, ResourceAlreadyExists: 1 },
    DeletePolicy: { OK: 1 },
  });
});

it('a deleted group holds no policy back', async () => {
  const client = await control(policyName);
  const thingGroupName = 'pumps';
  const { thingGroupArn } = await client.send(new CreateThingGroupCommand({ thingGroupName }));
  await client.send(new AttachPolicyCommand({ policyName, target: thingGroupArn }));

  await client.send(new DeleteThingGroupCommand({ thingGroupName }));

  await client.send(new DeletePolicyCommand({ policyName }));
});

it('ListPolicies has the latest first, or last, page by page', async () => {
  const names = ['b', 'c', 'a'];
  const client = await control(...names);
  const listed = async (ascendingOrder?: boolean) => {
    const found: (string | undefined)[] = [];
    let marker: string | undefined;
    do {
      const page = await client.send(
        new ListPoliciesCommand({ pageSize: 2, marker, ascendingOrder }),
      );
      for (const policy of page.policies ?? []) {
        expect(policy.policyArn).toBe(policyArn(policy.policyName ?? ''));
        found.push(policy.policyName);
      }
      marker = page.nextMarker;
    } while (marker !== undefined);
    return found;
  };

  expect(await listed(true)).toEqual(names);
  expect(await listed()).toEqual(names.toReversed());
});

it('ListTargetsForPolicy tells what a policy is attached to, page by page', async () => {
  const client = await control(policyName);
  const targets = [target];
  for (let count = 0; count < 2; count++) {
    targets.push((await createIdentity(client)).certificateArn);
  }
  for (const each of targets) {
    await client.send(new AttachPolicyCommand({ policyName, target: each }));
  }
  const list = (marker?: string) =>
    client.send(new ListTargetsForPolicyCommand({ policyName, pageSize: 2, marker }));

  const first = await list();
  const second = await list(first.nextMarker);

  expect([...(first.targets ?? []), ...(second.targets ?? [])]).toEqual(targets.toSorted());
  expect(second.nextMarker).toBeUndefined();
  const unknown = new ListTargetsForPolicyCommand({ policyName: 'other' });
  expect(await errorOf(client.send(unknown))).toEqual(failure('ResourceNotFoundException', 404));
});

it('ListAttachedPolicies tells what a target has, and its groups above when asked', async () => {
  const client = await control('a', 'b', 'c');
  const groups = [
    { thingGroupName: 'pumps' },
    { thingGroupName: 'north', parentGroupName: 'pumps' },
  ];
  const arns: string[] = [];
  for (const group of groups) {
    arns.push((await client.send(new CreateThingGroupCommand(group))).thingGroupArn ?? '');
  }
  const [pumps = '', north = ''] = arns;
  for (const [name, group] of [
    ['b', north],
    ['a', north],
    ['c', pumps],
  ]) {
    await client.send(new AttachPolicyCommand({ policyName: name, target: group }));
  }
  const list = async (recursive: boolean, pageSize?: number, marker?: string) => {
    const input = { target: north, recursive, pageSize, marker };
    const page = await client.send(new ListAttachedPoliciesCommand(input));
    return { names: page.policies?.map((each) => each.policyName), next: page.nextMarker };
  };

  expect(await list(false)).toEqual({ names: ['a', 'b'], next: undefined });
  expect((await list(true)).names).toEqual(['a', 'b', 'c']);
  const { names, next } = await list(true, 2);
  expect(names).toEqual(['a', 'b']);
  expect((await list(true, 2, next)).names).toEqual(['c']);
  expect((await errorOf(list(false, 2, next))) as object).toMatchObject({ status: 400 });
  const missing = new ListAttachedPoliciesCommand({ target: `${north}-west` });
  expect(await errorOf(client.send(missing))).toEqual(failure('ResourceNotFoundException', 404));
});
