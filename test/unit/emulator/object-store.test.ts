import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ObjectStore } from '../../../src/emulator/object-store.ts';

/** A store with one object, `images/a/b.bin`, a link to it, and things outside that must stay out. */
function store(): ObjectStore {
  const outside = mkdtempSync(join(tmpdir(), 'fleetrig-store-'));
  onTestFinished(() => rmSync(outside, { recursive: true }));
  const root = join(outside, 's3');
  mkdirSync(join(root, 'images/a'), { recursive: true });
  mkdirSync(join(outside, 's3-other'));
  writeFileSync(join(outside, 'secret.txt'), 'secret');
  writeFileSync(join(outside, 's3-other/secret.txt'), 'secret');
  writeFileSync(join(root, 'top.txt'), 'no bucket');
  writeFileSync(join(root, 'images/a/b.bin'), 'bytes');
  symlinkSync(join(root, 'images/a/b.bin'), join(root, 'images/inside'));
  symlinkSync(join(outside, 'secret.txt'), join(root, 'images/outside'));
  symlinkSync(join(outside, 's3-other'), join(root, 'images/sibling'));
  symlinkSync('loop', join(root, 'images/loop'));
  return new ObjectStore(root);
}

it.each([
  ['images', 'a/b.bin', 'bytes'],
  ['images', 'inside', 'bytes'],
  ['images', 'none', 'no key'],
  ['images', 'a', 'no key'],
  ['images', 'a/b.bin/c', 'no key'],
  ['images', 'loop', 'no key'],
  ['images', 'outside', 'no key'],
  ['images', 'sibling/secret.txt', 'no key'],
  ['images', '../../secret.txt', 'no key'],
  ['images', 'a/../../../secret.txt', 'no key'],
  ['images', '..\\..\\secret.txt', 'no key'],
  ['images', '/etc/passwd', 'no key'],
  ['images', 'a/b.bin\0', 'no key'],
  ['images', 'x'.repeat(5000), 'no key'],
  ['..', 'secret.txt', 'no key'],
  ['.', 'images/a/b.bin', 'no key'],
  ['../s3-other', 'secret.txt', 'no key'],
  ['top.txt', 'x', 'no bucket'],
  ['nowhere', 'a/b.bin', 'no bucket'],
])('%s %j is %s', async (bucket, key, expected) => {
  const objects = store();

  const found = await objects.open({ bucket, key });
  const small = objects.readSmall({ bucket, key }, 5);

  if (typeof found === 'string') {
    expect(found).toBe(expected);
    expect(small).toContain('there is no object');
  } else {
    expect([found.sizeBytes, await found.file.readFile('utf8')]).toEqual([5, expected]);
    await found.file.close();
    expect(String(small)).toBe(expected);
    expect(objects.readSmall({ bucket, key }, 4)).toContain('longer than 4 bytes');
  }
});

it('without a folder has nothing, and says how to have something', async () => {
  const objects = new ObjectStore(undefined);

  expect(await objects.open({ bucket: 'images', key: 'a' })).toBe('no bucket');
  expect(objects.readSmall({ bucket: 'images', key: 'a' }, 9)).toContain('--s3-dir');
});
