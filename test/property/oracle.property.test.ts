import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import type { CommandOf, CommandResults, CommandType, Effect } from '../../src/engine/commands.ts';
import { Engine } from '../../src/engine/engine.ts';
import { describeJobExecution } from '../../src/engine/execution-queries.ts';
import { describeJob, observeJob } from '../../src/engine/job-queries.ts';
import { Dialect } from '../../src/protocol/dialect.ts';
import {
  type CreateJobRequest,
  findCreateJobViolations,
  type JobSettings,
} from '../../src/protocol/job-config.ts';
import { defaultAccount, formatArn } from '../../src/protocol/names.ts';
import type { Reply } from '../../src/protocol/rejections.ts';
import { type Attempt, foretell, type Outcome } from '../oracle/oracle.ts';
import { anyStory } from '../oracle/random-config.ts';
import {
  insertTurn,
  messagesOf,
  nameOf,
  planOf,
  type Story,
  type Turn,
  type Update,
} from '../oracle/script.ts';

/*
 * The engine against a second implementation that was written from the reference alone
 * (test/oracle): the same random job, the same scripted devices, and both must tell exactly the
 * same story, to the millisecond.
 */

const runs = Number(process.env['FLEETRIG_ORACLE_RUNS'] ?? 1000);

it('does what an independent reading of the reference foretells', () => {
  fc.assert(
    fc.property(anyStory, (story) => {
      const { outcome, undecided } = foretell(story, createdAt);
      // The text does not say (a tie, a rounding): see `oracle.ts`.
      fc.pre(undecided === undefined);

      expect(new Play(story).run()).toEqual(outcome);
    }),
    { numRuns: runs },
  );
}, 300_000);

const createdAt = 1_000_000_000;
/** Nothing of a story is later; what the engine still has to do then is to purge old jobs. */
const horizon = createdAt + 30 * 24 * 3_600_000;
const jobId = 'j';

type Deed = Turn & { readonly run: () => void };

/** Plays a story to the real engine, with a clock that jumps to whatever is due next. */
class Play {
  readonly #story: Story;
  readonly #engine: Engine;
  readonly #deeds: Deed[] = [];
  readonly #released: { thing: number; at: number }[] = [];
  readonly #attempts: { thing: number; attempt: number }[] = [];
  readonly #refused: string[] = [];
  #now = createdAt;

  constructor(story: Story) {
    this.#story = story;
    this.#engine = new Engine({
      account: defaultAccount,
      dialect: Dialect.parse(story.readings),
      random: seededRandom('play'),
    });
  }

  run(): Outcome {
    this.#createJob();
    for (let turns = 0; ; turns++) {
      assert.ok(turns < 100_000, 'the engine wants waking without end');
      const wakeAt = this.#engine.nextDeadline() ?? Infinity;
      const deed = this.#deeds[0];
      if (deed === undefined && wakeAt > horizon) return this.#outcome();
      if (deed === undefined || wakeAt <= deed.at) {
        this.#now = Math.max(this.#now, wakeAt);
        this.#hear(this.#engine.wake(this.#now));
      } else {
        this.#deeds.shift();
        this.#now = deed.at;
        deed.run();
      }
    }
  }

  #createJob(): void {
    const { targets, update, cancels } = this.#story;
    this.#must({ type: 'provision', thingNames: Array.from({ length: 60 }, (_, i) => nameOf(i)) });
    const arns = targets.map((target, index) => {
      if ('thing' in target) return formatArn(defaultAccount, 'thing', nameOf(target.thing));
      const groupName = `g${index}`;
      this.#must({ type: 'create-group', groupName, attributes: {} });
      this.#must({ type: 'provision', thingNames: target.group.map(nameOf), groupName });
      return formatArn(defaultAccount, 'thinggroup', groupName);
    });
    const request = requestOf(this.#story, arns);
    assert.deepEqual(findCreateJobViolations(request), []);
    this.#must({ type: 'create-job', request });
    if (update !== undefined) {
      const at = createdAt + update.afterMs;
      const run = () => {
        const reply = this.#send({ type: 'update-job', jobId, settings: settingsOf(update) });
        if (!reply.ok) this.#refused.push(`update@${at}`);
      };
      insertTurn(this.#deeds, { at, rank: 'operator', thing: -1, attempt: 0, message: 0, run });
    }
    for (const { afterMs, force } of cancels) {
      const at = createdAt + afterMs;
      const run = () => {
        const reply = this.#send({ type: 'cancel-job', jobId, force });
        if (!reply.ok) this.#refused.push(`cancel@${at}`);
      };
      insertTurn(this.#deeds, { at, rank: 'operator', thing: -1, attempt: 0, message: 0, run });
    }
  }

  /** A device hears of a new attempt by the notify that lists it as queued. */
  #hear(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type !== 'notify') continue;
      const thing = Number(effect.thingName.slice(1));
      for (const { executionNumber } of effect.message.jobs.QUEUED ?? []) {
        this.#attempts.push({ thing, attempt: executionNumber });
        if (executionNumber === 1) this.#released.push({ thing, at: this.#now });
        this.#script(thing, executionNumber);
      }
    }
  }

  #script(thing: number, attempt: number): void {
    for (const [message, sent] of messagesOf(planOf(this.#story, thing, attempt)).entries()) {
      const at = this.#now + sent.afterMs;
      const { status, stepMinutes } = sent;
      const step = stepMinutes === undefined ? {} : { stepTimeoutInMinutes: stepMinutes };
      const run = () => {
        const reply = this.#send({
          type: 'update-execution',
          thingName: nameOf(thing),
          jobId,
          request: { status, executionNumber: attempt, ...step },
        });
        if (!reply.ok) this.#refused.push(`${thing}#${attempt}@${at}`);
      };
      insertTurn(this.#deeds, { at, rank: 'device', thing, attempt, message, run });
    }
  }

  #send<T extends CommandType>(
    command: CommandOf<T> & { readonly type: T },
  ): Reply<CommandResults[T]> {
    const { reply, effects } = this.#engine.handle<T>(command, this.#now);
    this.#hear(effects);
    return reply;
  }

  #must<T extends CommandType>(command: CommandOf<T> & { readonly type: T }): void {
    acceptedOf(this.#send<T>(command));
  }

  #outcome(): Outcome {
    const { view } = this.#engine;
    const { job } = acceptedOf(describeJob(view, jobId, this.#now));
    const seen = acceptedOf(observeJob(view, jobId));
    const { executions: counters, trip } = seen;
    const told = job.jobProcessDetails;
    assert.deepEqual(
      [told.numberOfSucceededThings, told.numberOfFailedThings, told.numberOfTimedOutThings],
      [counters.SUCCEEDED, counters.FAILED, counters.TIMED_OUT],
    );
    return {
      status: job.status as Outcome['status'],
      forceCanceled: job.forceCanceled ?? false,
      isAborted: job.reasonCode === 'ABORT_CRITERIA_MET',
      completedAt: job.completedAt,
      trip: trip && {
        criterion: trip.criterion,
        at: trip.at,
        executed: trip.executed,
        failed: trip.failed,
        notified: trip.notified,
      },
      targeted: seen.targeted,
      notified: seen.notified,
      counters,
      releases: this.#released,
      attempts: this.#attempts
        .sort((one, other) => one.thing - other.thing || one.attempt - other.attempt)
        .map(({ thing, attempt }) => this.#attempt(thing, attempt)),
      refused: this.#refused,
    };
  }

  #attempt(thing: number, attempt: number): Attempt {
    const { execution } = acceptedOf(
      describeJobExecution(this.#engine.view, nameOf(thing), jobId, attempt, this.#now),
    );
    return {
      thing,
      attempt: execution.executionNumber,
      status: execution.status,
      forceCanceled: execution.forceCanceled ?? false,
      queuedAt: execution.queuedAt,
      startedAt: execution.startedAt,
      lastUpdatedAt: execution.lastUpdatedAt,
      versionNumber: execution.versionNumber,
    };
  }
}

function requestOf(story: Story, targets: readonly string[]): CreateJobRequest {
  const { rollout, abort, retries, inProgressMinutes } = story;
  return {
    jobId,
    targets,
    document: '{"op":"test"}',
    ...(rollout === undefined ? {} : { jobExecutionsRolloutConfig: rollout }),
    ...(abort.length === 0 ? {} : { abortConfig: { criteriaList: abort } }),
    ...(retries.length === 0 ? {} : { jobExecutionsRetryConfig: { criteriaList: retries } }),
    ...(inProgressMinutes === undefined
      ? {}
      : { timeoutConfig: { inProgressTimeoutInMinutes: inProgressMinutes } }),
  };
}

function settingsOf({ maximumPerMinute, abort, inProgressMinutes }: Update): JobSettings {
  return {
    ...(maximumPerMinute === undefined ? {} : { jobExecutionsRolloutConfig: { maximumPerMinute } }),
    ...(abort === undefined ? {} : { abortConfig: { criteriaList: abort } }),
    ...(inProgressMinutes === undefined
      ? {}
      : { timeoutConfig: { inProgressTimeoutInMinutes: inProgressMinutes } }),
  };
}

function acceptedOf<T>(reply: Reply<T>): T {
  if (!reply.ok) throw new Error(JSON.stringify(reply.rejection));
  return reply.value;
}
