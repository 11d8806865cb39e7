import type { Millis } from '../base/clock.ts';
import { seededRandom } from '../base/random.ts';
import type { ExecutionRecord } from '../device/io.ts';
import type { Population, Thing } from '../device/population.ts';
import type {
  Command,
  CommandOf,
  CommandResults,
  CommandType,
  Effect,
} from '../engine/commands.ts';
import { Driver } from '../engine/driver.ts';
import { Engine } from '../engine/engine.ts';
import { findExecution } from '../engine/lookup.ts';
import type { Dialect } from '../protocol/dialect.ts';
import { defaultAccount } from '../protocol/names.ts';
import type { Reply } from '../protocol/rejections.ts';
import { SimulatedFleet } from './fleet.ts';
import { serve } from './gateway.ts';
import {
  JobLedger,
  type JobStanding,
  type SimulatedAttempt,
  type SimulatedJob,
  type SimulatedJobChange,
} from './jobs.ts';
import type { Network } from './network.ts';
import type { Referee } from './referee.ts';
import { Traffic } from './traffic.ts';
import { VirtualClock } from './world.ts';

export interface SimulationOptions {
  readonly seed: string;
  readonly dialect: Dialect;
  readonly population: Population;
  readonly network: Network;
  readonly connectsPerSecond: number;
  /** Judges whether other readings of AWS would have come to the same. */
  readonly referee: Pick<Referee<unknown>, 'judge' | 'isIdle'>;
  /** The instant at which the simulation begins. */
  readonly startAt: Millis;
  /** A device is through with an execution, or the simulation is. */
  onExecution(execution: FinishedExecution): void;
  onJobChange(change: SimulatedJobChange): void;
}

export interface FinishedExecution {
  readonly thing: Thing;
  readonly record: ExecutionRecord;
  /** What the service held when the device had its last word; undefined when it knows no such execution. */
  readonly held: string | undefined;
}

/** The Jobs service and a fleet in virtual time, joined by direct calls. */
export class Simulation {
  readonly clock: VirtualClock;
  readonly fleet: SimulatedFleet;
  readonly traffic: Traffic;
  readonly #driver: Driver;
  readonly #ledger: JobLedger;
  /** Things told of a change of their list since the ledger last looked. */
  readonly #touched: string[] = [];

  constructor(options: SimulationOptions) {
    const { seed, dialect, startAt, onExecution, onJobChange } = options;
    const clock = new VirtualClock(startAt);
    const random = seededRandom(`${seed}/engine`);
    const engine = new Engine({ account: defaultAccount, dialect, random });
    const { view } = engine;
    this.clock = clock;
    this.traffic = new Traffic(() => clock.now());
    this.#ledger = new JobLedger(view, onJobChange, options.referee);
    this.#driver = new Driver(
      engine,
      {
        now: () => clock.now(),
        schedule: (at, action) =>
          clock.schedule(at, () => {
            action();
            this.#look();
          }),
      },
      (effect) => this.#tell(effect),
    );
    this.fleet = new SimulatedFleet({
      ...options,
      clock,
      traffic: this.traffic,
      serve: ({ thingName }, request, answer) => {
        serve(this.#driver, thingName, request, clock.now(), answer);
        this.#look();
      },
      hasPending: (thingName) => (view.worklists.get(thingName)?.pending.length ?? 0) > 0,
      onExecution: (thing, record) => {
        const { jobId, executionNumber } = record;
        const held = findExecution(view, thing.thingName, jobId, executionNumber)?.status;
        onExecution({ thing, record, held });
      },
    });
  }

  /** What an operator does, at this instant. */
  command<T extends CommandType>(
    command: CommandOf<T> & { readonly type: T },
  ): Reply<CommandResults[T]> {
    const plain: Command = command;
    if (plain.type === 'delete-job') this.#ledger.keep(plain.jobId, this.clock.now());
    let answer: Reply<CommandResults[T]> | undefined;
    this.#driver.submit<T>(command, (reply) => {
      answer = reply;
    });
    if (answer === undefined) throw new RangeError('a command is answered before submit returns');
    if (plain.type === 'create-job' && answer.ok) this.#ledger.add(plain.request.jobId);
    this.#look();
    return answer;
  }

  /** Whether all jobs are over, and devices had `settleMs` to end what they are at. */
  isSettled(settleMs: Millis): boolean {
    return this.#ledger.isSettled(this.clock.now(), settleMs);
  }

  standings(): JobStanding[] {
    return this.#ledger.standings();
  }

  jobs(): SimulatedJob[] {
    return this.#ledger.jobs(this.clock.now());
  }

  /** Every attempt at a job, in the order they were created; none of a job that is gone. */
  attempts(jobId: string): Iterable<SimulatedAttempt> {
    return this.#ledger.attempts(jobId);
  }

  /** Nothing happens by itself any more; every device falls silent. */
  stop(): void {
    this.#driver.stop();
    this.fleet.stop();
  }

  #tell(effect: Effect): void {
    if (effect.type === 'event' || effect.namespaceId !== undefined) return;
    if (effect.type === 'notify') this.#touched.push(effect.thingName);
    this.fleet.notify(effect);
  }

  #look(): void {
    this.#ledger.look(this.#touched, this.clock.now());
    // By pop, so that it keeps its room: a new list takes 150 bytes with its first name.
    while (this.#touched.length > 0) this.#touched.pop();
  }
}
