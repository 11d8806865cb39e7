import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { IdentityStore, identityFolder } from '../../../src/cloud/identity-store.ts';
import { temporaryFolder } from '../../support/cloud.ts';

const key = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n';

const prefix = 'fr-0a1b2c3d-';

it.each([
  [{ FLEETRIG_STATE_DIR: '/a', XDG_STATE_HOME: '/b' }, `/a/identities/${prefix}`],
  [{ FLEETRIG_STATE_DIR: '', XDG_STATE_HOME: '/b' }, `/b/fleetrig/identities/${prefix}`],
])('is where the environment says: %o', (env, folder) => {
  expect(identityFolder(env, prefix)).toBe(folder);
});

it('gives back what was saved, and both or none', async () => {
  const store = new IdentityStore(join(temporaryFolder(), 'keys'));
  await store.saveKey('fleet', key);
  expect(await store.read('fleet')).toBeUndefined();
  await store.saveCertificate('fleet', 'certificate');

  expect(await store.read('fleet')).toEqual({ certificatePem: 'certificate', privateKeyPem: key });
  expect(readdirSync(store.folder).sort()).toEqual(['fleet.pem.crt', 'fleet.pem.key']);
});

it('with a passphrase a key is sealed, and opens with that alone', async () => {
  const folder = join(temporaryFolder(), 'keys');
  await new IdentityStore(folder, 'open sesame').saveKey('fleet', key);

  expect(readFileSync(join(folder, 'fleet.pem.key'), 'utf8')).not.toContain('MIGHAgEA');
  expect(await new IdentityStore(folder, 'open sesame').readKey('fleet')).toBe(key);
  for (const passphrase of [undefined, 'open barley']) {
    await expect(new IdentityStore(folder, passphrase).readKey('fleet')).rejects.toMatchObject({
      code: 'setup',
      message: expect.stringContaining('cannot open the key'),
    });
  }
});

it('is removed with all it holds, once', async () => {
  const store = new IdentityStore(join(temporaryFolder(), 'keys'));
  await store.saveKey('fleet', key);

  expect(await store.remove()).toBe(true);
  expect(await store.remove()).toBe(false);
});
