import { expect, it, onTestFinished } from 'vitest';
import type { Message } from '../../../src/emulator/message.ts';
import type { Store } from '../../../src/emulator/store.ts';
import { openStore } from '../../../src/emulator/store-lmdb.ts';
import { temporaryFolder } from '../../support/cli.ts';

async function open(dir: string): Promise<Store> {
  const store = await openStore({
    dir,
    fsync: false,
    head: { account: 'a', seed: 's', dialect: {} },
  });
  onTestFinished(() => store.close());
  return store;
}

const entry = (now: number) =>
  ({
    now,
    command: { type: 'create-thing', thingName: 't', attributes: {} },
    outcome: { ok: true, effects: 0 },
  }) as const;

it('holds output back until what was recorded before it is committed', async () => {
  const store = await open(temporaryFolder());
  const told: string[] = [];

  store.hold(() => told.push('nothing to wait for'));
  store.journal.append(entry(1));
  store.hold(() => told.push(`committed: ${[...store.journal.history().entries].length}`));
  store.hold(() => {
    store.journal.append(entry(2));
    store.hold(() => told.push('after the next commit'));
  });
  const before = [...told];
  await new Promise((resolve) => setImmediate(resolve));
  const after = [...told];
  await new Promise((resolve) => setImmediate(resolve));

  expect(before).toEqual(['nothing to wait for']);
  expect(after).toEqual(['nothing to wait for', 'committed: 1']);
  expect(told).toHaveLength(3);
});

it('gives back what it was given, in order', async () => {
  const dir = temporaryFolder();
  const message: Message = {
    topic: 'a/b',
    payload: Buffer.from([0, 255, 1]),
    qos: 1,
    retain: false,
    publisherId: 'p',
    expiresAt: 1_735_689_600_000.25,
    properties: { correlationData: Buffer.from('c'), userProperties: { k: ['1', '2'] } },
  };
  const session = (clientId: string) =>
    ({
      clientId,
      family: 5,
      expirySeconds: 9,
      disconnectedAt: undefined,
      subscriptions: [],
    }) as const;
  const first = await open(dir);
  for (const number of [300, 2, 10]) first.sessions.saveMessage('c', { number, message });
  first.sessions.saveMessage('c2', { number: 1, message });
  first.sessions.dropMessage('c', 2);
  first.sessions.saveSession(session('c'));
  first.sessions.saveSession(session('c2'));
  first.sessions.dropSession('c2');
  first.sessions.saveRetained(message);
  first.values.put('name', 'text');
  for (const now of [5, 6, 7.5]) first.journal.append(entry(now));
  first.journal.woken(9);
  await first.close();

  const again = await open(dir);

  expect([...again.sessions.messages('c')]).toEqual([
    { number: 10, message },
    { number: 300, message },
  ]);
  expect([...again.sessions.sessions()]).toEqual([session('c')]);
  expect([...again.sessions.retained()]).toEqual([message]);
  expect(again.values.get('name')).toBe('text');
  expect([...again.journal.history().entries]).toEqual([entry(5), entry(6), entry(7.5)]);
  expect(again.journal.lastAt).toBe(9);
});

it('forgets the journal and goes on from the start', async () => {
  const dir = temporaryFolder();
  const first = await open(dir);
  first.journal.append(entry(1));
  first.journal.woken(2);
  await new Promise((resolve) => setImmediate(resolve));

  first.journal.clear();
  expect([...first.journal.history().entries]).toEqual([]);
  first.journal.append(entry(3));
  await first.close();

  const again = await open(dir);
  expect([...again.journal.history().entries]).toEqual([entry(3)]);
  expect(again.journal.lastAt).toBe(3);
});
