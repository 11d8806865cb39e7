import { createDecipheriv, scryptSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { isSealed, Sealer } from '../../../src/base/sealed.ts';

const text = '-----BEGIN PRIVATE KEY-----\nAÄ…\n';

it('opens what was sealed with the same passphrase, by whomever', async () => {
  const sealed = await new Sealer('correct horse').seal(text);

  expect(await new Sealer('correct horse').open(sealed)).toBe(text);
  expect(isSealed(sealed)).toBe(true);
  expect(isSealed(text)).toBe(false);
  expect(sealed).toMatch(/^[\x21-\x7e]+\n$/);
});

it('opens an empty text too', async () => {
  const sealer = new Sealer('p');

  expect(await sealer.open(await sealer.seal(''))).toBe('');
});

it('never seals a text twice in the same way', async () => {
  const sealer = new Sealer('p');

  expect(await sealer.seal(text)).not.toBe(await sealer.seal(text));
});

it('opens nothing with another passphrase', async () => {
  const sealed = await new Sealer('correct horse').seal(text);

  await expect(new Sealer('wrong horse').open(sealed)).rejects.toThrow(
    'sealed with another passphrase, or was changed',
  );
});

it.each([1, 2, 3, 4])('opens nothing whose part %d was changed', async (changed) => {
  const sealer = new Sealer('p');
  const parts = (await sealer.seal(text)).split(':');
  const part = parts[changed + 1] ?? '';
  parts[changed + 1] = `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`;

  await expect(sealer.open(parts.join(':'))).rejects.toThrow('or was changed');
});

it.each(['', 'fleetrig-sealed:v2:a:b:c:d', 'fleetrig-sealed:v1:short:x:y:z', text])(
  'takes %j for no sealed text',
  async (other) => {
    await expect(new Sealer('p').open(other)).rejects.toThrow('not sealed in a way that is known');
  },
);

it('is the format that is written down', async () => {
  const sealed = await new Sealer('p').seal(text);
  const [name, version, salt = '', nonce = '', tag = '', bytes = ''] = sealed.trim().split(':');
  const of = (part: string) => Buffer.from(part, 'base64url');
  const key = scryptSync('p', of(salt), 32, { N: 32_768, r: 8, p: 1, maxmem: 2 ** 26 });

  const decipher = createDecipheriv('aes-256-gcm', key, of(nonce));
  decipher.setAAD(Buffer.from(`${name}:${version}:${salt}:`));
  decipher.setAuthTag(of(tag));

  expect(`${decipher.update(of(bytes), undefined, 'utf8')}${decipher.final('utf8')}`).toBe(text);
});
