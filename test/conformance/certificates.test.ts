import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateCertificateFromCsrCommand,
  CreatePolicyCommand,
  CreateThingCommand,
  DeleteCertificateCommand,
  DeletePolicyCommand,
  DescribeCertificateCommand,
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
  type IoTClient,
  ListCertificatesCommand,
  ListPrincipalThingsCommand,
  RegisterCertificateWithoutCACommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { connect } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { CertificateAuthority } from '../../src/emulator/certificate-authority.ts';
import { temporaryFolder } from '../support/cli.ts';
import { controlClient, startTestEmulator, testTimeAt } from '../support/emulator.ts';
import {
  connectTls,
  createIdentity,
  nextOf,
  ownJobsPolicy,
  startSecureEmulator,
} from '../support/identity.ts';
import { errorOf, failure } from '../support/sdk-errors.ts';

/** The life of certificates through the AWS SDK, from the request to the deletion. */

const run = promisify(execFile);
const thingName = 'pump-1';

async function control(): Promise<IoTClient> {
  return controlClient(await startTestEmulator());
}

interface KeyedRequest {
  readonly csr: string;
  readonly privateKey: string;
}

/** A key and a request for it, made as people make them. */
async function request(newkey: readonly string[], subject = '/CN=pump-1'): Promise<KeyedRequest> {
  const folder = temporaryFolder();
  const [csr, key] = [join(folder, 'x.csr'), join(folder, 'x.key')];
  const files = ['-keyout', key, '-out', csr];
  await run('openssl', ['req', '-new', '-nodes', '-subj', subject, ...newkey, ...files]);
  return { csr: readFileSync(csr, 'utf8'), privateKey: readFileSync(key, 'utf8') };
}

const p256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

function describe(client: IoTClient, certificateId: string | undefined) {
  return client
    .send(new DescribeCertificateCommand({ certificateId }))
    .then(({ certificateDescription }) => certificateDescription);
}

it.each([
  ['RSA of 2048 bits', ['-newkey', 'rsa:2048'], 'rsa'],
  ['P-256', p256, 'ec'],
  ['P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], 'ec'],
  ['P-521', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-521'], 'ec'],
])('CreateCertificateFromCsr certifies a key of %s', async (_, newkey, keyType) => {
  const emulator = await startTestEmulator();
  const client = controlClient(emulator);
  const { csr } = await request(newkey);

  const made = await client.send(
    new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }),
  );

  const certificate = new X509Certificate(made.certificatePem ?? '');
  const { pems } = await emulator.authority();
  expect(certificate.verify(new X509Certificate(pems.certificatePem).publicKey)).toBe(true);
  expect(certificate.publicKey.asymmetricKeyType).toBe(keyType);
  expect(certificate.subject).toBe('CN=pump-1');
  const id = createHash('sha256').update(certificate.raw).digest('hex');
  expect(made.certificateId).toBe(id);
  expect(made.certificateArn).toBe(`arn:aws:iot:us-east-1:123456789012:cert/${id}`);
  expect(await describe(client, id)).toMatchObject({
    certificateArn: made.certificateArn,
    certificateId: id,
    certificatePem: made.certificatePem,
    status: 'ACTIVE',
    certificateMode: 'DEFAULT',
    ownedBy: '123456789012',
    creationDate: new Date(testTimeAt),
    lastModifiedDate: new Date(testTimeAt),
    validity: {
      notBefore: new Date(certificate.validFrom),
      notAfter: new Date('2049-12-31T23:59:59Z'),
    },
  });
});

it('the same request again makes another certificate, inactive unless asked for', async () => {
  const client = await control();
  const { csr } = await request(p256, '/');
  const create = () =>
    client.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr }));

  const [first, second] = [await create(), await create()];

  expect(second.certificateId).not.toBe(first.certificateId);
  expect(await describe(client, first.certificateId)).toMatchObject({ status: 'INACTIVE' });
  expect(new X509Certificate(first.certificatePem ?? '').subject).toBe('CN=AWS IoT Certificate');
});

it.each<[string, () => Promise<string>]>([
  ['no PEM', async () => 'hello'],
  ['not a request', async () => (await CertificateAuthority.create()).pems.certificatePem],
  ['broken', async () => (await request(p256)).csr.replace(/\n[^-\n]{20}/, '\n')],
  ['signed by another key', async () => forged((await request(p256)).csr)],
  ['for a short key', async () => (await request(['-newkey', 'rsa:1024'])).csr],
  ['for Ed25519', async () => (await request(['-newkey', 'ed25519'])).csr],
  [
    'for another curve',
    async () => (await request(['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'])).csr,
  ],
])('CreateCertificateFromCsr refuses what is %s', async (_, make) => {
  const client = await control();
  const certificateSigningRequest = await make();

  const answer = await errorOf(
    client.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest })),
  );

  expect(answer).toEqual(failure('InvalidRequestException', 400));
});

/** The same request with its last bytes, those of the signature, changed. */
function forged(csr: string): string {
  const der = Buffer.from(csr.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  const last = der.length - 1;
  der.writeUInt8(der.readUInt8(last) ^ 1, last);
  const pem = der.toString('base64').replaceAll(/(.{64})/g, '$1\n');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${pem}\n-----END CERTIFICATE REQUEST-----\n`;
}

/** A certificate that nobody here has made, with its key. */
async function selfSigned() {
  const folder = temporaryFolder();
  const [pem, key] = [join(folder, 'x.crt'), join(folder, 'x.key')];
  const files = ['-keyout', key, '-out', pem];
  await run('openssl', ['req', '-x509', '-nodes', '-subj', '/CN=mine', ...p256, ...files]);
  return { certificatePem: readFileSync(pem, 'utf8'), privateKey: readFileSync(key, 'utf8') };
}

it('RegisterCertificateWithoutCA takes a certificate that was brought along, once', async () => {
  const client = await control();
  const { certificatePem } = await selfSigned();
  const register = () =>
    client.send(new RegisterCertificateWithoutCACommand({ certificatePem, status: 'ACTIVE' }));

  const { certificateId, certificateArn } = await register();

  expect(await describe(client, certificateId)).toMatchObject({
    certificatePem,
    status: 'ACTIVE',
    certificateMode: 'SNI_ONLY',
  });
  expect(await errorOf(register())).toMatchObject({
    name: 'ResourceAlreadyExistsException',
    status: 409,
    resourceId: certificateId,
    resourceArn: certificateArn,
  });
});

it('RegisterCertificateWithoutCA refuses what is no certificate, or a status of AWS’s own', async () => {
  const client = await control();
  const { certificatePem } = await selfSigned();
  const register = (input: { certificatePem: string; status?: 'PENDING_TRANSFER' | 'REVOKED' }) =>
    errorOf(client.send(new RegisterCertificateWithoutCACommand(input)));

  expect(await register({ certificatePem: 'x' })).toEqual(
    failure('CertificateValidationException', 400),
  );
  for (const status of ['PENDING_TRANSFER', 'REVOKED'] as const) {
    expect(await register({ certificatePem, status })).toEqual(
      failure('InvalidRequestException', 400),
    );
  }
  expect((await client.send(new ListCertificatesCommand({}))).certificates).toEqual([]);
});

it('ListCertificates has the latest first, or last, page by page', async () => {
  const client = await control();
  const ids: string[] = [];
  for (let count = 0; count < 5; count++) ids.push((await createIdentity(client)).certificateId);
  const listed = async (ascendingOrder: boolean) => {
    const found: (string | undefined)[] = [];
    let marker: string | undefined;
    do {
      const page = await client.send(
        new ListCertificatesCommand({ pageSize: 2, ascendingOrder, marker }),
      );
      found.push(...(page.certificates ?? []).map(({ certificateId }) => certificateId));
      marker = page.nextMarker;
    } while (marker !== undefined);
    return found;
  };

  expect(await listed(true)).toEqual(ids);
  expect(await listed(false)).toEqual(ids.toReversed());
  expect(
    await errorOf(client.send(new ListCertificatesCommand({ marker: 'bm9uc2Vuc2U=' }))),
  ).toEqual(failure('InvalidRequestException', 400, 'The marker is not one of this list.'));
});

it('ListCertificates shows 25 when not told how many', async () => {
  const client = await control();
  const { csr: certificateSigningRequest } = await request(p256);
  for (let count = 0; count < 26; count++) {
    await client.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest }));
  }

  const page = await client.send(new ListCertificatesCommand({}));

  expect(page.certificates).toHaveLength(25);
  expect(page.nextMarker).toBeDefined();
});

it('UpdateCertificate sets a status, and not those that AWS sets itself', async () => {
  const client = await control();
  const { certificateId } = await createIdentity(client);
  const update = (newStatus: 'ACTIVE' | 'REVOKED' | 'PENDING_TRANSFER' | 'REGISTER_INACTIVE') =>
    client.send(new UpdateCertificateCommand({ certificateId, newStatus }));

  await update('REVOKED');
  expect(await describe(client, certificateId)).toMatchObject({ status: 'REVOKED' });
  await update('ACTIVE');
  await update('ACTIVE');
  expect(await describe(client, certificateId)).toMatchObject({ status: 'ACTIVE' });
  for (const status of ['PENDING_TRANSFER', 'REGISTER_INACTIVE'] as const) {
    expect(await errorOf(update(status))).toEqual(failure('InvalidRequestException', 400));
  }
});

it('DeleteCertificate wants it inactive and detached, whatever the order', async () => {
  const client = await control();
  const { certificateId, certificateArn: principal } = await createIdentity(client);
  await client.send(new CreateThingCommand({ thingName }));
  await client.send(new AttachThingPrincipalCommand({ thingName, principal }));
  const policyName = 'p';
  await client.send(new CreatePolicyCommand({ policyName, policyDocument: ownJobsPolicy }));
  await client.send(new AttachPolicyCommand({ policyName, target: principal }));
  const remove = (forceDelete?: boolean) =>
    errorOf(client.send(new DeleteCertificateCommand({ certificateId, forceDelete })));

  expect(await remove(true)).toEqual(failure('CertificateStateException', 406));
  await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }));
  expect(await remove(true)).toEqual(failure('DeleteConflictException', 409));
  await client.send(new DetachThingPrincipalCommand({ thingName, principal }));
  expect(await remove()).toEqual(failure('DeleteConflictException', 409));
  await client.send(new DetachPolicyCommand({ policyName, target: principal }));
  expect(await remove()).toHaveProperty('accepted');

  expect(await remove()).toEqual(failure('ResourceNotFoundException', 404));
  expect(await errorOf(describe(client, certificateId))).toEqual(
    failure('ResourceNotFoundException', 404),
  );
});

it('forceDelete passes over policies, which are free to go then', async () => {
  const client = await control();
  const { certificateId, certificateArn: target } = await createIdentity(client, false);
  const policyName = 'p';
  await client.send(new CreatePolicyCommand({ policyName, policyDocument: ownJobsPolicy }));
  await client.send(new AttachPolicyCommand({ policyName, target }));

  await client.send(new DeleteCertificateCommand({ certificateId, forceDelete: true }));

  await client.send(new DeletePolicyCommand({ policyName }));
});

it('ListPrincipalThings tells what a certificate is attached to, page by page', async () => {
  const client = await control();
  const { certificateArn: principal } = await createIdentity(client);
  for (const name of ['c', 'a', 'b']) {
    await client.send(new CreateThingCommand({ thingName: name }));
    await client.send(new AttachThingPrincipalCommand({ thingName: name, principal }));
  }

  const first = await client.send(new ListPrincipalThingsCommand({ principal, maxResults: 2 }));
  const { nextToken } = first;
  const second = await client.send(new ListPrincipalThingsCommand({ principal, nextToken }));

  expect([first.things, second.things]).toEqual([['a', 'b'], ['c']]);
  expect(second.nextToken).toBeUndefined();
  const unknown = `${principal.slice(0, -1)}x`;
  expect(
    await errorOf(client.send(new ListPrincipalThingsCommand({ principal: unknown }))),
  ).toEqual(failure('ResourceNotFoundException', 404));
});

/** A thing that may do its own jobs with the certificate. */
async function entitle(client: IoTClient, principal = ''): Promise<void> {
  await client.send(new CreateThingCommand({ thingName }));
  await client.send(new AttachThingPrincipalCommand({ thingName, principal }));
  await client.send(new CreatePolicyCommand({ policyName: 'p', policyDocument: ownJobsPolicy }));
  await client.send(new AttachPolicyCommand({ policyName: 'p', target: principal }));
}

it('a device connects with what its CSR got it, until the certificate is set INACTIVE', async () => {
  const { emulator, control: client, ca } = await startSecureEmulator();
  const { csr, privateKey } = await request(p256);
  const made = await client.send(
    new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }),
  );
  await entitle(client, made.certificateArn);
  const identity = { certificatePem: made.certificatePem ?? '', privateKey };
  const device = await connectTls(emulator, ca, identity, thingName);
  const answered = nextOf(device, 'message');
  await device.publishAsync(`$aws/things/${thingName}/jobs/get`, '{}', { qos: 1 });
  expect((await answered)[0]).toBe(`$aws/things/${thingName}/jobs/get/accepted`);

  const { certificateId } = made;
  await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }));

  const closed = nextOf(device, 'close');
  device.publish(`$aws/things/${thingName}/jobs/get`, '{}', { qos: 1 }, () => undefined);
  await closed;
  const { certificatePem: cert, privateKey: key } = identity;
  const url = `mqtts://localhost:${emulator.mqtts?.port}`;
  const late = connect(url, { clientId: thingName, ca, cert, key, reconnectPeriod: 0 });
  onTestFinished(() => late.endAsync(true));
  late.on('error', () => undefined);
  await nextOf(late, 'close');
  expect(late.connected).toBe(false);
  await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'ACTIVE' }));
  expect((await connectTls(emulator, ca, identity, thingName)).connected).toBe(true);
});

it('a device connects with a certificate that it brought along', async () => {
  const { emulator, control: client, ca } = await startSecureEmulator();
  const identity = await selfSigned();
  const { certificatePem } = identity;
  const { certificateArn } = await client.send(
    new RegisterCertificateWithoutCACommand({ certificatePem, status: 'ACTIVE' }),
  );
  await entitle(client, certificateArn);

  expect((await connectTls(emulator, ca, identity, thingName)).connected).toBe(true);
});

it('with a data directory, what became of certificates and policies outlives the emulator', async () => {
  const dataDir = temporaryFolder();
  const first = await startTestEmulator({ dataDir });
  const client = controlClient(first);
  const kept = await createIdentity(client);
  const gone = await createIdentity(client, false);
  await client.send(new DeleteCertificateCommand({ certificateId: gone.certificateId }));
  const { certificateId } = kept;
  await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'REVOKED' }));
  await first.stop();

  const again = controlClient(await startTestEmulator({ dataDir }));

  const { certificates } = await again.send(new ListCertificatesCommand({}));
  expect(certificates).toMatchObject([{ certificateId, status: 'REVOKED' }]);
});
