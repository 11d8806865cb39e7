import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateKeysAndCertificateCommand,
  ListThingPrincipalsCommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { expect, it } from 'vitest';
import type { ResourcePlan } from '../../src/cloud/resource-plan.ts';
import {
  accountContent,
  CloudRun,
  prefix,
  resourcePlan,
  temporaryFolder,
} from '../support/cloud.ts';
import { connectTls, nextOf, startSecureEmulator } from '../support/identity.ts';

/** Who devices are: certificates that a run makes, and those that are brought along. */

function plan(identity: string): ResourcePlan {
  return resourcePlan(`name: cloud
target: { aws: { identity: { ${identity} } } }
fleet: { things: 2, thingName: "pump-{index}", group: pumps }
jobs: [{ create: { jobId: fw, document: { v: 1 } } }]
`);
}

it.each([
  ['of its own', 'per: thing, from: csr'],
  ['of the fleet', 'per: fleet, from: csr'],
  ['of the fleet, with an RSA key', 'per: fleet, from: create'],
])('with a certificate %s a device reaches its own jobs and no others', async (_, identity) => {
  const { emulator, control, ca } = await startSecureEmulator();
  const run = new CloudRun(plan(identity));
  await (await run.provisioner(control)).provision(() => undefined);
  const name = identity.includes('thing') ? 'pump-0' : 'fleet';
  const { certificatePem, privateKeyPem: privateKey } = (await run.store.read(name)) ?? {
    certificatePem: '',
    privateKeyPem: '',
  };
  const topic = (thing: string, suffix: string) => `$aws/things/${prefix}${thing}/jobs/${suffix}`;
  const self = `${prefix}pump-0`;

  const client = await connectTls(emulator, ca, { certificatePem, privateKey }, self);
  const granted = await client.subscribeAsync(topic('pump-0', 'notify-next'), { qos: 1 });
  expect(granted.map(({ qos }) => qos)).toEqual([1]);
  const answered = nextOf(client, 'message');
  await client.publishAsync(topic('pump-0', '$next/get'), '{}', { qos: 1 });
  expect((await answered)[0]).toBe(topic('pump-0', '$next/get/accepted'));

  await expect(client.subscribeAsync(topic('pump-1', 'notify-next'))).rejects.toThrow();
  const closed = nextOf(client, 'close');
  client.publish(topic('pump-1', '$next/get'), '{}', { qos: 1 });
  await closed;
});

async function bring(count: number) {
  const { control } = await startSecureEmulator();
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const certificates = [];
  for (let index = 0; index < count; index++) {
    const made = await control.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    writeFileSync(join(folder, `pump-${index}.pem.crt`), made.certificatePem ?? '');
    writeFileSync(join(folder, `pump-${index}.pem.key`), made.keyPair?.PrivateKey ?? '');
    certificates.push(made);
  }
  const run = new CloudRun(plan(`per: thing, from: files, dir: ${folder}`));
  return { control, folder, certificates, run };
}

it('certificates that are brought along are attached for the run, and stay', async () => {
  const { control, folder, certificates, run } = await bring(2);
  const provisioner = await run.provisioner(control);

  await provisioner.provision(() => undefined);
  const { principals } = await control.send(
    new ListThingPrincipalsCommand({ thingName: `${prefix}pump-1` }),
  );
  expect(principals).toEqual([certificates[1]?.certificateArn]);
  expect(await provisioner.identities()).toMatchObject({
    kind: 'by-thing',
    keyPath: join(folder, '{thing}.pem.key'),
  });
  const report = await run.cleanUp(control);

  expect(report).toMatchObject({ isClean: true, removed: { attachment: 2, thing: 2 } });
  expect(await accountContent(control)).toMatchObject({ things: [], policies: [] });
  expect((await accountContent(control)).certificates).toHaveLength(2);
});

it('what is wrong with brought files is told all at once, before anything is made', async () => {
  const { control, folder, run } = await bring(2);
  writeFileSync(join(folder, 'pump-0.pem.key'), 'no key');
  writeFileSync(join(folder, 'pump-1.pem.crt'), 'no certificate');

  await expect((await run.provisioner(control)).provision(() => undefined)).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringMatching(/pump-0\.pem\.key are no .*pump-1\.pem\.key are no /s),
  });
  expect((await accountContent(control)).groups).toEqual([]);
});

it('a brought certificate that is not active is told', async () => {
  const { control, certificates, run } = await bring(2);
  const { certificateId } = certificates[1] ?? {};
  await control.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }));

  await expect((await run.provisioner(control)).provision(() => undefined)).rejects.toMatchObject({
    message: 'the certificate of pump-1 is INACTIVE in the account',
  });
});
