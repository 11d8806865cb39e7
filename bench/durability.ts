/**
 * What `--data-dir` costs the service, and how fast its journal replays: `npx tsx bench/durability.ts`.
 * A million commands of devices: each thing starts and completes each of five jobs.
 */
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

const things = Number(process.env['THINGS'] ?? 100_000);
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

function show(what: string, value: number, unit: string): void {
  console.log(`${what.padEnd(44)} ${Math.round(value).toLocaleString('en')} ${unit}`);
}

show('in memory', await load(startService()), 'commands/s');
for (const fsync of [false, true]) {
  const dir = mkdtempSync(join(tmpdir(), 'fleetrig-bench-'));
  try {
    const options = { dir, fsync, head };
    const store = await openStore(options);
    show(`journalled${fsync ? ', fsync' : ''}`, await load(startService(store)), 'commands/s');
    await store.close();
    show('  file', statSync(join(dir, 'fleetrig.mdb')).size / 2 ** 20, 'MiB');
    const again = await openStore(options);
    const startAt = wallNow();
    startService(again).stop();
    const seconds = (wallNow() - startAt) / 1000;
    show('  replay', (2 * jobs * things) / seconds, `commands/s (${seconds.toFixed(1)} s)`);
    show('  memory after replay', process.memoryUsage().rss / 2 ** 20, 'MiB');
    await again.close();
  } finally {
    rmSync(dir, { recursive: true });
  }
}
clock.stop();
