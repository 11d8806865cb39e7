import { X509Certificate } from 'node:crypto';
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateDynamicThingGroupCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeleteThingCommand,
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
  ListTagsForResourceCommand,
  ListThingPrincipalsCommand,
} from '@aws-sdk/client-iot';
import { expect, it } from 'vitest';
import { controlClient, startTestEmulator } from '../support/emulator.ts';
import { allow, createIdentity, ownJobsPolicy, policyText } from '../support/identity.ts';

/** Certificates and policies through the AWS SDK (reference §7.7). */

const thingName = 'pump-1';

async function control() {
  return controlClient(await startTestEmulator());
}

it('CreateKeysAndCertificate makes a 2048-bit RSA key and a certificate for it', async () => {
  const client = await control();

  const made = await client.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));

  const certificate = new X509Certificate(made.certificatePem ?? '');
  expect(certificate.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(made.certificateId);
  expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(certificate.publicKey.export({ type: 'spki', format: 'pem' })).toBe(
    made.keyPair?.PublicKey,
  );
  expect(made.keyPair?.PrivateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(made.certificateArn).toBe(`arn:aws:iot:us-east-1:123456789012:cert/${made.certificateId}`);
});

it('principals are attached, listed page by page, and detached', async () => {
  const client = await control();
  await client.send(new CreateThingCommand({ thingName }));
  const principals = await Promise.all(
    [1, 2, 3].map(async () => (await createIdentity(client)).certificateArn),
  );
  for (const principal of [...principals, ...principals]) {
    await client.send(new AttachThingPrincipalCommand({ thingName, principal }));
  }

  const first = await client.send(new ListThingPrincipalsCommand({ thingName, maxResults: 2 }));
  const { nextToken } = first;
  const second = await client.send(new ListThingPrincipalsCommand({ thingName, nextToken }));
  expect([...(first.principals ?? []), ...(second.principals ?? [])]).toEqual(principals.sort());
  expect(second.nextToken).toBeUndefined();

  const [principal = ''] = principals;
  await client.send(new DetachThingPrincipalCommand({ thingName, principal }));
  await client.send(new DetachThingPrincipalCommand({ thingName, principal }));
  const left = await client.send(new ListThingPrincipalsCommand({ thingName }));
  expect(left.principals).toEqual(principals.slice(1));
});

it('a thing with principals cannot be deleted', async () => {
  const client = await control();
  await client.send(new CreateThingCommand({ thingName }));
  const { certificateArn: principal } = await createIdentity(client);
  await client.send(new AttachThingPrincipalCommand({ thingName, principal }));

  await expect(client.send(new DeleteThingCommand({ thingName }))).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: `Cannot delete. Thing ${thingName} is still attached to one or more principals`,
  });

  await client.send(new DetachThingPrincipalCommand({ thingName, principal }));
  await client.send(new DeleteThingCommand({ thingName }));
});

it('an exclusive principal belongs to one thing', async () => {
  const client = await control();
  const { certificateArn: principal } = await createIdentity(client);
  const attach = (name: string, isExclusive: boolean) =>
    client.send(
      new AttachThingPrincipalCommand({
        thingName: name,
        principal,
        thingPrincipalType: isExclusive ? 'EXCLUSIVE_THING' : 'NON_EXCLUSIVE_THING',
      }),
    );
  await client.send(new CreateThingCommand({ thingName: 'a' }));
  await client.send(new CreateThingCommand({ thingName: 'b' }));

  await attach('a', false);
  await expect(attach('b', true)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await attach('a', true);
  await expect(attach('b', false)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await client.send(new DetachThingPrincipalCommand({ thingName: 'a', principal }));
  await attach('b', false);
});

it('CreatePolicy answers the first version, and refuses a name that is taken', async () => {
  const client = await control();
  const create = () =>
    client.send(new CreatePolicyCommand({ policyName: 'p', policyDocument: ownJobsPolicy }));

  expect(await create()).toMatchObject({
    policyName: 'p',
    policyArn: 'arn:aws:iot:us-east-1:123456789012:policy/p',
    policyDocument: ownJobsPolicy,
    policyVersionId: '1',
  });
  await expect(create()).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    message: 'Policy cannot be created - name already exists (name=p)',
    $metadata: { httpStatusCode: 409 },
  });
});

it.each([
  ['no JSON', '{', 'MalformedPolicyException'],
  ['no Statement', '{"Version":"2012-10-17"}', 'MalformedPolicyException'],
  [
    'more than 2,048 characters',
    policyText(allow('iot:Connect', `client/${'x'.repeat(2048)}`)),
    'InvalidRequestException',
  ],
])('CreatePolicy refuses a document with %s', async (_, policyDocument, name) => {
  const client = await control();

  await expect(
    client.send(new CreatePolicyCommand({ policyName: 'p', policyDocument })),
  ).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
});

it('policies are attached to certificates and groups, ten at most', async () => {
  const client = await control();
  const { certificateArn } = await createIdentity(client);
  const policyNames = Array.from({ length: 11 }, (_, index) => `p${index}`);
  for (const policyName of policyNames) {
    await client.send(new CreatePolicyCommand({ policyName, policyDocument: ownJobsPolicy }));
  }
  const attach = (policyName: string, target: string) =>
    client.send(new AttachPolicyCommand({ policyName, target }));

  for (const policyName of policyNames.slice(0, 10)) await attach(policyName, certificateArn);
  await attach('p0', certificateArn);
  await expect(attach('p10', certificateArn)).rejects.toMatchObject({
    name: 'LimitExceededException',
    $metadata: { httpStatusCode: 410 },
  });
  await client.send(new DetachPolicyCommand({ policyName: 'p0', target: certificateArn }));
  await attach('p10', certificateArn);

  const group = 'arn:aws:iot:us-east-1:123456789012:thinggroup/pumps';
  await expect(attach('p0', group)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await client.send(new CreateThingGroupCommand({ thingGroupName: 'pumps' }));
  await attach('p0', group);
});

it.each([
  ['the thing', 'nowhere', undefined, 'ResourceNotFoundException'],
  ['the certificate', thingName, `cert/${'0'.repeat(64)}`, 'ResourceNotFoundException'],
  ['an ARN of a certificate', thingName, 'policy/p', 'InvalidRequestException'],
])('AttachThingPrincipal without %s is refused', async (_, name, resource, error) => {
  const client = await control();
  await client.send(new CreateThingCommand({ thingName }));
  const { certificateArn } = await createIdentity(client);
  const principal =
    resource === undefined ? certificateArn : `arn:aws:iot:us-east-1:123456789012:${resource}`;

  for (const Command of [AttachThingPrincipalCommand, DetachThingPrincipalCommand]) {
    await expect(client.send(new Command({ thingName: name, principal }))).rejects.toMatchObject({
      name: error,
    });
  }
});

it.each([
  ['a policy that does not exist', 'other', undefined, 'ResourceNotFoundException'],
  ['a certificate that does not exist', 'p', '0'.repeat(64), 'ResourceNotFoundException'],
])('AttachPolicy of %s is refused', async (_, policyName, id, name) => {
  const client = await control();
  const { certificateId } = await createIdentity(client);
  await client.send(new CreatePolicyCommand({ policyName: 'p', policyDocument: ownJobsPolicy }));
  const target = `arn:aws:iot:us-east-1:123456789012:cert/${id ?? certificateId}`;

  await expect(client.send(new AttachPolicyCommand({ policyName, target }))).rejects.toMatchObject({
    name,
  });
});

it('AttachPolicy to what cannot have one is refused', async () => {
  const client = await control();
  await client.send(new CreatePolicyCommand({ policyName: 'p', policyDocument: ownJobsPolicy }));
  const { thingGroupArn } = await client.send(
    new CreateDynamicThingGroupCommand({ thingGroupName: 'd', queryString: 'thingName:pump*' }),
  );

  for (const target of ['pump-1', thingGroupArn]) {
    await expect(
      client.send(new AttachPolicyCommand({ policyName: 'p', target })),
    ).rejects.toMatchObject({ name: 'InvalidRequestException' });
  }
});

it('policies carry tags', async () => {
  const client = await control();
  const tags = [{ Key: 'team', Value: 'water' }];

  const { policyArn: resourceArn } = await client.send(
    new CreatePolicyCommand({ policyName: 'p', policyDocument: ownJobsPolicy, tags }),
  );

  const listed = await client.send(new ListTagsForResourceCommand({ resourceArn }));
  expect(listed.tags).toEqual(tags);
});
