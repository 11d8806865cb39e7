import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { temporaryFolder } from '../support/cli.ts';
import { ask, CrashClient, lost } from '../support/crash-clients.ts';
import {
  deviceNames,
  type Front,
  Fuse,
  listen,
  operate,
  publish,
  retainedTopic,
  topic,
  work,
} from '../support/crash-load.ts';
import { CrashModel } from '../support/crash-model.ts';
import { CrashVictim } from '../support/crash-victim.ts';

/** Rounds over all data directories; `.ci/run` asks for more. */
const rounds = Number(process.env['FLEETRIG_CRASH_ROUNDS'] ?? 40);
/** Data directories at the same time: most of a round is waiting for a process to start. */
const lanes = 2;
const roundMsMax = 5000;
/** An emulator dies after a random number of answers up to this. */
const answersMax = 150;

it(`loses nothing it acknowledged in ${rounds} crashes`, {
  timeout: 60_000 + rounds * roundMsMax,
}, async () => {
  const seed = process.env['FLEETRIG_CRASH_SEED'] ?? `${process.hrtime.bigint()}`;
  await Promise.all(
    Array.from({ length: lanes }, (_, lane) => {
      const share = Math.floor((rounds + lane) / lanes);
      return runLane(seededRandom(`${seed}/${lane}`), share).catch((error: unknown) => {
        throw new Error(`FLEETRIG_CRASH_SEED=${seed}, directory ${lane}`, { cause: error });
      });
    }),
  );
});

it('refuses a directory that another process has, until that is gone', async () => {
  const dir = temporaryFolder();
  const victim = new CrashVictim(dir);
  onTestFinished(() => victim.kill());
  await victim.ready;
  const second = new CrashVictim(dir);

  await expect(second.ready).rejects.toThrow(/in use by an emulator in process \d+/);

  await victim.kill();
  const third = new CrashVictim(dir);
  onTestFinished(() => third.kill());
  await third.ready;
});

async function runLane(random: Random, share: number): Promise<void> {
  const dataDir = temporaryFolder();
  const model = new CrashModel();
  for (let round = 0; round < share; round++) {
    await crash(dataDir, model, random.fork(`${round}`), round === 0);
  }
  await lastCheck(dataDir, model);
  // Or else all this proved nothing.
  expect(model.jobs.size).toBeGreaterThan(share / 2);
  expect(model.executions.size).toBeGreaterThan(share / 2);
  expect(model.published.size).toBeGreaterThan(share / 2);
}

/** One life: check what the one before left, work, die. */
async function crash(dataDir: string, model: CrashModel, random: Random, isFirst: boolean) {
  const victim = new CrashVictim(dataDir);
  onTestFinished(() => victim.kill());
  if (!isFirst && random.next() < 0.15) {
    await sleep(random.next() * 400);
    await victim.kill();
    return;
  }
  const fuse = new Fuse(1 + random.int(answersMax));
  const front: Front = { ...(await victim.ready), model, random, fuse };
  if (isFirst) await setUp(front);
  await model.check(front.http, [], model.things.slice(-5));
  const listener = random.next() < 0.7 ? await listen(front) : lost;
  const load = Promise.all([
    operate(front),
    publish(front),
    ...deviceNames.map((thingName) => work(front, thingName)),
  ]);
  // A failed claim of a worker must not wait for the kill to be seen.
  await Promise.race([fuse.burnt, load]);
  await sleep(random.next() * 5);
  await victim.kill();
  await load;
  if (listener !== lost) listener.end();
}

async function setUp(front: Front): Promise<void> {
  for (const thingName of deviceNames) await ask(front.http, 'POST', `/things/${thingName}`, {});
  const listener = await listen(front);
  assert(listener !== lost);
  assert.equal(await listener.subscribe(topic), 'granted');
  listener.end();
}

/** All that was ever acknowledged, in one more life. */
async function lastCheck(dataDir: string, model: CrashModel): Promise<void> {
  const victim = new CrashVictim(dataDir);
  onTestFinished(() => victim.kill());
  const { http, mqtt } = await victim.ready;
  await model.check(http, model.jobs.keys(), model.things);
  const listener = await listen({ mqtt, model });
  await expect
    .poll(() => [...model.published].filter((number) => !model.received.has(number)), {
      timeout: 20_000,
    })
    .toEqual([]);
  let retained: number | undefined;
  const reader = await CrashClient.connect(mqtt, 'reader', false, (_, payload) => {
    retained = Number(String(payload));
  });
  assert(reader !== lost && listener !== lost);
  await reader.subscribe(retainedTopic);
  await expect.poll(() => retained).toBeDefined();
  expect([model.retained, ...model.doubtfulRetained]).toContain(retained);
  reader.end();
  listener.end();
  await victim.kill();
}
