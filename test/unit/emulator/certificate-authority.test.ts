import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { localAuthority } from '../../../src/emulator/local-authority.ts';

/** The values of a store, in memory. */
function memoryValues() {
  const values = new Map<string, string>();
  return {
    values,
    get: (name: string) => values.get(name),
    put: (name: string, text: string | undefined) => {
      if (text === undefined) values.delete(name);
      else values.set(name, text);
    },
  };
}

it('issues server certificates for names and addresses, signed by a CA of its own', async () => {
  const authority = await localAuthority()();
  const ca = new X509Certificate(authority.pems.certificatePem);

  const { certificatePem, privateKeyPem } = await authority.issueServer(['localhost', '::1']);

  const server = new X509Certificate(certificatePem);
  expect(ca.ca).toBe(true);
  expect(server.ca).toBe(false);
  expect(server.checkIssued(ca)).toBe(true);
  expect(server.verify(ca.publicKey)).toBe(true);
  expect(server.checkHost('localhost')).toBe('localhost');
  expect(server.checkIP('::1')).toBe('::1');
  expect(server.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
  expect(server.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
});

it('one that is kept goes on with the same certificate and key', async () => {
  const store = memoryValues();
  const first = await localAuthority(store)();

  const again = await localAuthority(store)();
  const { certificatePem } = await again.issueServer(['localhost']);

  expect(again.pems).toEqual(first.pems);
  const ca = new X509Certificate(first.pems.certificatePem);
  expect(new X509Certificate(certificatePem).verify(ca.publicKey)).toBe(true);
});

it('one that cannot be read is an error with a way out', async () => {
  const store = memoryValues();
  const open = localAuthority(store);
  await open();
  const [name = ''] = store.values.keys();
  store.put(name, JSON.stringify({ certificatePem: 'x', privateKeyPem: 'y' }));

  await expect(localAuthority(store)()).rejects.toMatchObject({
    code: 'setup',
    message: 'the stored certificate authority cannot be read',
    hint: expect.stringContaining('Delete it'),
  });
});
