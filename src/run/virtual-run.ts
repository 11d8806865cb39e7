import type { Millis } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { thingFinder } from '../device/population.ts';
import type { Dialect } from '../protocol/dialect.ts';
import type { CohortSummary, Summary } from '../report/summary.ts';
import type { Plan } from '../scenario/plan.ts';
import type { SimulatedJob } from '../sim/jobs.ts';
import type { Referee } from '../sim/referee.ts';
import type { FinishedExecution } from '../sim/simulation.ts';
import { Simulation } from '../sim/simulation.ts';
import { abortReadingOf } from './abort-reading.ts';
import { CohortTallies, SlowestExecutions } from './cohorts.ts';
import { Collector, type RunEvent } from './collector.ts';
import { exitCodeOf } from './exit-codes.ts';
import { isFinalWord, type WordComparison } from './invariants.ts';
import { tellJobChange } from './job-events.ts';
import type { JobLook } from './job-watch.ts';
import { Operator } from './operator.ts';
import { timeseriesRow } from './summary-frame.ts';
import { Thinned } from './thinned.ts';
import type { Ending } from './verdict.ts';

/** One plan carried out in virtual time, under one reading of AWS. Times are simulated instants. */
export interface VirtualRun {
  readonly ending: Ending;
  readonly zeroAt: Millis;
  readonly endAt: Millis;
  readonly events: number;
  readonly jobs: readonly SimulatedJob[];
  readonly simulation: Simulation;
  readonly collector: Collector;
  readonly cohorts: readonly CohortSummary[];
  readonly slowest: Summary['slowest'];
  readonly words: WordComparison;
  /** How far each job was, look by look. */
  readonly looks: ReadonlyMap<string, readonly JobLook[]>;
  /** Simulated milliseconds between the rows of the collector. */
  readonly rowStepMs: Millis;
}

/** 2026-01-01T00:00:00Z: always the same, so that the same seed gives the same report. */
const beginAt: Millis = 1_767_225_600_000;
/** Answers that are on the wire when all is over are awaited this long. */
const lastWordsMs = 10_000;

/** Runs a plan to its end in virtual time. The referee hears of all that other readings might decide. */
export function runVirtually(
  plan: Plan,
  dialect: Dialect,
  referee: Referee<unknown>,
  onEvent: (event: RunEvent, zeroAt: Millis) => void = () => undefined,
): VirtualRun {
  const { population } = plan;
  const cohorts = new CohortTallies(population);
  const slowest = new SlowestExecutions();
  const words = new Words();
  const simulation: Simulation = new Simulation({
    seed: plan.seed,
    dialect,
    population,
    network: plan.predict.network,
    referee,
    connectsPerSecond: plan.connect.perSecond / plan.clockScale,
    startAt: beginAt,
    onExecution: (execution) => {
      const { thing, record } = execution;
      cohorts.add(thing.cohort.name, record);
      slowest.add({ ...record, thing: thing.index });
      words.add(execution);
    },
    onJobChange: (change) => {
      tellJobChange(collector, {
        ...change,
        reading: abortReadingOf(dialect),
        at: clock.now(),
      });
      // Time has to get to where the devices have had theirs.
      clock.schedule(clock.now() + plan.settleMs, () => undefined);
    },
  });
  const { clock, fleet, traffic } = simulation;
  let zeroAt = beginAt;
  const collector: Collector = new Collector(
    () => clock.now(),
    (event) => onEvent(event, zeroAt),
  );
  let ending: Ending | undefined;
  const operator = new Operator(plan, simulation, collector, (error) => {
    ending ??= { kind: 'error', exitCode: exitCodeOf(error.code), message: messageOf(error) };
  });
  operator.provision();
  const [batch] = population.batches;
  if (batch !== undefined) fleet.switchOn(batch, beginAt);
  zeroAt = beginAt + Math.ceil(fleet.rampMs(batch?.count ?? 0) / 1000) * 1000;
  clock.run(zeroAt);
  fleet.beginRun(zeroAt);
  operator.start(zeroAt);
  const sampler = new Sampler(simulation, collector, zeroAt);
  let settledAt: Millis | undefined;
  clock.run(zeroAt + plan.stopAfterMs, () => {
    if (ending !== undefined) return true;
    if (!operator.isDone || !simulation.isSettled(plan.settleMs)) return false;
    settledAt ??= clock.now();
    return traffic.onWire === 0 || clock.now() - settledAt >= lastWordsMs;
  });
  sampler.sample();
  const endAt = clock.now();
  simulation.stop();
  return {
    ending: ending ?? { kind: 'finished' },
    zeroAt,
    endAt,
    events: clock.actions,
    jobs: simulation.jobs(),
    simulation,
    collector,
    cohorts: cohorts.summarize(),
    slowest: slowest.summarize(thingFinder(population)),
    words: words.comparison(),
    looks: sampler.looks(),
    rowStepMs: sampler.stepMs,
  };
}

/** Compares what devices were told they had said with what the service holds. */
class Words {
  #acknowledged = 0;
  #differing = 0;
  #missing = 0;
  #first: WordComparison['first'];

  add({ thing, record, held }: FinishedExecution): void {
    if (!isFinalWord(record)) return;
    this.#acknowledged++;
    if (held === undefined) this.#missing++;
    if (held === undefined || held === record.reported) return;
    this.#differing++;
    this.#first ??= { thingName: thing.thingName, jobId: record.jobId };
  }

  comparison(): WordComparison {
    return {
      acknowledged: this.#acknowledged,
      differing: this.#differing,
      missing: this.#missing,
      reasons: [],
      first: this.#first,
    };
  }
}

/** Twice as many rows are kept at most; then every other goes, and time between them doubles. */
const rowsWanted = 1000;

/** Fills the time series: at first a row each second, at last so many that a page can show them. */
class Sampler {
  readonly #simulation: Simulation;
  readonly #collector: Collector;
  readonly #zeroAt: Millis;
  readonly #looks = new Map<string, Thinned<JobLook>>();
  #stepMs = 1000;

  constructor(simulation: Simulation, collector: Collector, zeroAt: Millis) {
    this.#simulation = simulation;
    this.#collector = collector;
    this.#zeroAt = zeroAt;
    this.#next();
  }

  get stepMs(): Millis {
    return this.#stepMs;
  }

  /** What goes over the wire is filled in when it is known: it is counted late for things that sleep. */
  sample(): void {
    const { clock } = this.#simulation;
    const { rows } = this.#collector;
    const t = (clock.now() - this.#zeroAt) / 1000;
    const { notified, executions } = this.#lookAtJobs();
    rows.push(timeseriesRow({ t, connected: 0, notified, executions, requests: 0, refusals: 0 }));
    if (rows.length < 2 * rowsWanted) return;
    rows.splice(0, rows.length, ...rows.filter((_, index) => index % 2 === 1));
    this.#stepMs *= 2;
  }

  looks(): Map<string, readonly JobLook[]> {
    return new Map(Array.from(this.#looks, ([jobId, looks]) => [jobId, looks.rows()]));
  }

  /** Notes how far each job is, and tells their sum. */
  #lookAtJobs(): Pick<JobLook, 'notified' | 'executions'> {
    const at = this.#simulation.clock.now();
    const executions: Record<string, number> = {};
    let notified = 0;
    for (const { jobId, ...standing } of this.#simulation.standings()) {
      const looks = this.#looks.get(jobId) ?? new Thinned();
      this.#looks.set(jobId, looks);
      looks.push({ at, ...standing });
      notified += standing.notified;
      for (const [status, count] of Object.entries(standing.executions)) {
        executions[status] = (executions[status] ?? 0) + count;
      }
    }
    return { notified, executions };
  }

  #next(): void {
    const { clock } = this.#simulation;
    clock.schedule(clock.now() + this.#stepMs, () => {
      this.sample();
      this.#next();
    });
  }
}
