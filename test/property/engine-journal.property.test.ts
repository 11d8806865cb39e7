import assert from 'node:assert/strict';
import fc from 'fast-check';
import { it } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import type { Command } from '../../src/engine/commands.ts';
import { Driver } from '../../src/engine/driver.ts';
import { Engine } from '../../src/engine/engine.ts';
import { type Journal, leavesTrace, replay } from '../../src/engine/journal.ts';
import { Dialect } from '../../src/protocol/dialect.ts';
import { defaultAccount } from '../../src/protocol/names.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { anyHistory, type History } from '../support/random-history.ts';

const runs = 500;
const timeoutMs = 30_000;

function freshEngine({ dialect }: History): Engine {
  return new Engine({
    account: defaultAccount,
    dialect: Dialect.parse(dialect),
    random: seededRandom('journal'),
  });
}

/** A service that writes down all it tells. */
class Player {
  readonly told: string[] = [];
  readonly #clock = new ManualClock();
  readonly #driver: Driver;

  constructor(engine: Engine, journal: Journal, startAt: number) {
    this.#clock.advanceTo(startAt);
    this.#driver = new Driver(
      engine,
      this.#clock,
      (effect) => this.told.push(JSON.stringify(effect)),
      journal,
    );
  }

  get now(): number {
    return this.#clock.now();
  }

  play(step: History['steps'][number]): void {
    if (step.type === 'wait') this.#clock.advanceTo(this.now + step.ms);
    else this.submit(step);
  }

  submit(command: Command): void {
    this.#driver.submit(command, (reply) => this.told.push(JSON.stringify(reply)));
  }
}

it(
  'an engine replayed from any point of a history goes on as if it had never stopped',
  () => {
    const law = fc.property(
      anyHistory(60),
      fc.nat(),
      fc.constantFrom(0, 1000, 90_000),
      (history, cut, awayMs) => {
        const { steps } = history;
        const journal = new MemoryJournal();
        const live = new Player(freshEngine(history), journal, 0);
        const cutAt = cut % steps.length;
        for (const step of steps.slice(0, cutAt)) live.play(step);
        const written = journal.history();
        live.told.length = 0;

        const engine = freshEngine(history);
        const { mismatchAt } = replay(engine, written);
        const recovered = new Player(engine, journal, live.now);
        for (const player of [live, recovered]) {
          player.play({ type: 'wait', ms: awayMs });
          for (const step of steps.slice(cutAt)) player.play(step);
        }

        assert.equal(mismatchAt, undefined);
        assert.deepEqual(recovered.told, live.told);
      },
    );
    fc.assert(law, { numRuns: runs });
  },
  timeoutMs,
);

it(
  'what is not journalled leaves no trace',
  () => {
    const law = fc.property(anyHistory(60), (history) => {
      const full = freshEngine(history);
      const spared = freshEngine(history);
      let now = 0;
      for (const step of history.steps) {
        if (step.type === 'wait') {
          now += step.ms;
          assert.deepEqual(spared.wake(now), full.wake(now));
          continue;
        }
        const outcome = full.handle(step, now);
        if (leavesTrace(step, outcome.reply)) {
          assert.deepEqual(spared.handle(step, now), outcome);
        } else {
          assert.deepEqual(outcome.effects, []);
        }
      }
      assert.equal(spared.nextDeadline(), full.nextDeadline());
    });
    fc.assert(law, { numRuns: runs });
  },
  timeoutMs,
);

it('a replay that comes out differently says where', () => {
  const journal = new MemoryJournal();
  const history: History = { dialect: {}, steps: [] };
  const player = new Player(freshEngine(history), journal, 0);
  player.submit({ type: 'provision', thingNames: ['t1'] });
  player.submit({ type: 'create-thing', thingName: 't2', attributes: {} });
  const { entries, wokenAt } = journal.history();
  const altered = [...entries].map((entry, index) =>
    index === 1 ? { ...entry, outcome: { ...entry.outcome, ok: false } } : entry,
  );

  const { commands, mismatchAt } = replay(freshEngine(history), { entries: altered, wokenAt });

  assert.deepEqual({ commands, mismatchAt }, { commands: 1, mismatchAt: 1 });
});
