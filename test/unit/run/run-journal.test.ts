import { join } from 'node:path';
import { expect, it } from 'vitest';
import { IdentityStore } from '../../../src/cloud/identity-store.ts';
import { Journal, readJournal } from '../../../src/cloud/journal.ts';
import type { JournalEntry } from '../../../src/cloud/journal-entry.ts';
import { openJournal } from '../../../src/run/run-journal.ts';
import { defaultAwsSettings } from '../../../src/scenario/target-schema.ts';
import { journalHeader, prefix, temporaryFolder } from '../../support/cloud.ts';

/** The journal of a run that was told to --reuse the resources of another. */

const region = 'eu-west-1';
const dataHost = 'a1b2c3-ats.iot.eu-west-1.amazonaws.com';
const certificate = { op: 'made', kind: 'certificate', name: 'fleet', key: 'a', arn: 'b' } as const;

async function rig(overrides: Parameters<typeof journalHeader>[0], ...entries: JournalEntry[]) {
  const [kept, state] = [temporaryFolder(), temporaryFolder()];
  const made = await Journal.create(kept, journalHeader({ region, dataHost, ...overrides }));
  await made.append(...entries);
  await made.close();
  const env = { FLEETRIG_STATE_DIR: state };
  const reuse = async () => {
    const journal = await openJournal({
      runId: 'again',
      runFolder: temporaryFolder(),
      startedAt: 0,
      region,
      dataHost,
      target: { kind: 'aws', ...defaultAwsSettings },
      cloud: { isKept: false, reuseFrom: kept, scenarioDir: '.', env },
    });
    await journal.close();
    return journal.header.prefix;
  };
  return { kept, reuse, store: IdentityStore.of(env, prefix) };
}

it('goes on under the same prefix, and says which process does', async () => {
  const { kept, reuse, store } = await rig({}, certificate);
  await store.saveKey('fleet', 'secret');

  expect(await reuse()).toBe(prefix);

  const { entries = [] } = (await readJournal(kept)) ?? {};
  expect(entries.at(-1)).toEqual({ op: 'made', kind: 'process', name: String(process.pid) });
});

it.each([
  ['of another account', { dataHost: 'd4e5f6-ats' }, 'has its resources elsewhere'],
  ['of another region', { region: 'us-east-1' }, 'has its resources elsewhere'],
  ['that goes on', { pid: process.ppid }, 'is still running'],
])('resources of a run %s are refused', async (_, overrides, message) => {
  const { reuse } = await rig(overrides);

  await expect(reuse()).rejects.toThrow(message);
});

it('resources without their keys are refused, and stay', async () => {
  const { kept, reuse, store } = await rig({}, certificate);

  await expect(reuse()).rejects.toThrow(`the keys of that run are not in ${store.folder}`);

  expect((await readJournal(kept))?.entries).toEqual([certificate]);
  expect(store.folder).toContain(join('identities', prefix));
});
