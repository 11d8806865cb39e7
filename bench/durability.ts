import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SteerableClock, wallNow } from '../src/base/clock.ts';
import { Service } from '../src/emulator/service.ts';
import type { Store } from '../src/emulator/store.ts';
import { openStore } from '../src/emulator/store-lmdb.ts';
import { Dialect } from '../src/protocol/dialect.ts';
import { defaultAccount, formatArn } from '../src/protocol/names.ts';
import type { Figure } from './table.ts';

const things = Number(process.env['THINGS'] ?? 20_000);
const jobs = 5;
/** Commands that reach the service in one turn of the event loop, under load. */
const perTurn = Number(process.env['PER_TURN'] ?? 20);

const clock = new SteerableClock();
clock.freeze();
const seed = 'bench';
const dialect = Dialect.parse({});
const head = { account: 'bench', seed, dialect };

function startService(store?: Store): Service {
  return new Service({
    account: defaultAccount,
    dialect,
    seed,
    clock,
    emit: () => undefined,
    ...(store === undefined ? {} : { journal: store.journal }),
  });
}

async function load(service: Service): Promise<number> {
  const thingNames = Array.from({ length: things }, (_, index) => `pump-${index}`);
  service.call({ type: 'create-group', groupName: 'pumps', attributes: {} });
  service.call({ type: 'provision', thingNames, groupName: 'pumps' });
  const targets = [formatArn(defaultAccount, 'thinggroup', 'pumps')];
  let seconds = 0;
  let commands = 0;
  for (let job = 0; job < jobs; job++) {
    const jobId = `fw-${job}`;
    service.call({ type: 'create-job', request: { jobId, targets, document: '{"op":"update"}' } });
    // At most 1000 executions a minute are released.
    clock.advanceTo(clock.now() + things * 60 + 120_000);
    await nextTurn();
    const startAt = wallNow();
    for (const status of ['IN_PROGRESS', 'SUCCEEDED'] as const) {
      for (const thingName of thingNames) {
        const request = { status, statusDetails: { step: 'flash' } };
        service.submit({ type: 'update-execution', thingName, jobId, request }, (reply) => {
          assert(reply.ok, JSON.stringify(reply));
        });
        if (++commands % perTurn === 0) await nextTurn();
      }
    }
    seconds += (wallNow() - startAt) / 1000;
  }
  service.stop();
  return commands / seconds;
}

/**
 * What `--data-dir` costs the service, and how fast its journal replays. A million commands of devices
 * with THINGS=100000: each thing starts and completes each of five jobs.
 */
export async function benchDurability(): Promise<Figure[]> {
  const inMemory = await load(startService());
  const figures = [{ name: 'in memory', value: inMemory, unit: 'commands/s' }];
  for (const fsync of [false, true]) {
    const journalled = await measureJournal(fsync);
    figures.push(
      ...journalled.map((each) => ({ ...each, name: `${fsync ? 'fsync: ' : ''}${each.name}` })),
    );
  }
  clock.stop();
  return figures;
}

async function measureJournal(fsync: boolean): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'fleetrig-bench-'));
  try {
    const options = { dir, fsync, head };
    const store = await openStore(options);
    const rate = await load(startService(store));
    await store.close();
    const fileBytes = statSync(join(dir, 'fleetrig.mdb')).size;
    const again = await openStore(options);
    const startAt = wallNow();
    startService(again).stop();
    const seconds = (wallNow() - startAt) / 1000;
    const { rss } = process.memoryUsage();
    await again.close();
    return [
      { name: 'journalled', value: rate, unit: 'commands/s' },
      { name: 'file', value: fileBytes / 2 ** 20, unit: 'MiB' },
      { name: 'replay', value: (2 * jobs * things) / seconds, unit: 'commands/s' },
      { name: 'memory after replay', value: rss / 2 ** 20, unit: 'MiB' },
    ];
  } finally {
    rmSync(dir, { recursive: true });
  }
}
