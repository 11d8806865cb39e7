import { type ClockSetting, wallAt, wallNow } from '../base/clock.ts';
import type { Delta } from '../fleet/wire.ts';
import { MetricHistory } from '../metrics/metric-history.ts';
import { renderOpenMetrics } from '../metrics/open-metrics.ts';
import { runMetrics } from '../metrics/prometheus.ts';
import type { RunFacts } from '../metrics/run-facts.ts';
import type { Summary } from '../report/summary.ts';
import type { Plan } from '../scenario/plan.ts';
import { abortReadingOf } from './abort-reading.ts';
import type { Collector } from './collector.ts';
import { ExecutionOutcomes } from './execution-outcomes.ts';
import type { ForeseenRollout } from './foreseen-rollout.ts';
import { JobWatch } from './job-watch.ts';
import type { Progress } from './progress.ts';
import { metricsFacts, type RunLabels } from './run-metrics.ts';

export interface TelemetryOptions {
  readonly labels: RunLabels;
  readonly plan: Plan;
  readonly collector: Collector;
  readonly watches: ReadonlyMap<string, JobWatch>;
  readonly clockSetting: ClockSetting;
  readonly foreseen: ForeseenRollout;
}

/** Wall milliseconds between two samples, where time follows the wall. */
const sampleEveryMs = 1000;
/** Looks are not quite even; one that comes a little early counts. */
const earlyMs = 200;

/** What a scrape would give the series of a run if it was not scraped. */
const job = 'fleetrig';

/** What a run tells Prometheus, by whichever way: the facts of the moment, and how they came about. */
export class Telemetry {
  readonly #options: TelemetryOptions;
  readonly #outcomes: ExecutionOutcomes;
  readonly #history = new MetricHistory<RunFacts>(runMetrics);
  /** Every job there will be, none of them created: their series are there from the start, at 0. */
  readonly #planned: readonly JobWatch[];
  #foreseen: ForeseenRollout;
  #elapsedMs = 0;
  #sampledAt = 0;
  #judged: Pick<RunFacts, 'verdict' | 'assertions'> = { verdict: undefined, assertions: [] };
  /** Where time jumps: the wall instant at which a simulated one was first heard of. */
  readonly #heardAt = new Map<number, number>();

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.#outcomes = new ExecutionOutcomes(options.plan.population);
    this.#planned = options.plan.actions.flatMap((action) =>
      action.type === 'create-job'
        ? [
            new JobWatch(
              action.request.jobId,
              { ...action.request },
              { abortReading: abortReadingOf(options.plan.dialect) },
            ),
          ]
        : [],
    );
    this.#foreseen = options.foreseen;
  }

  addDelta({ executions }: Delta): void {
    for (const execution of executions) this.#outcomes.add(execution);
  }

  /** To be called whenever the run is looked at; true when it was time for a sample. */
  look({ elapsedMs, isConnecting }: Pick<Progress, 'elapsedMs' | 'isConnecting'>): boolean {
    this.#elapsedMs = elapsedMs;
    const now = wallNow();
    const isJump = this.#options.plan.isJumping && !isConnecting;
    const isTime = isJump || now - this.#sampledAt > sampleEveryMs - earlyMs;
    if (!isTime) return false;
    this.#sampledAt = now;
    this.#history.offer(now, () => this.facts());
    return true;
  }

  /** The run is over. With a prediction, what it says is put in beside what came about. */
  judge({ run, assertions }: Pick<Summary, 'run' | 'assertions'>, endedAt: number): void {
    const judged = assertions.filter(({ result }) => result !== 'skipped');
    this.#judged = {
      verdict: run.verdict,
      assertions: judged.map(({ id, result }) => ({ id, passed: result === 'passed' })),
    };
    this.#history.take(endedAt, this.facts());
  }

  /** What was to be is known only now. */
  foresee(foreseen: ForeseenRollout): void {
    this.#foreseen = foreseen;
    const [elapsed] = this.#history.tracks('fleetrig_simulated_seconds_total');
    for (const { labels, values } of this.#history.tracks(
      'fleetrig_rollout_notified_things_total',
    )) {
      this.#history.insert('fleetrig_rollout_predicted_notified_things', labels, (place) => {
        const seconds = elapsed?.values[place];
        const isThere = values[place] !== undefined && typeof seconds === 'number';
        return isThere ? foreseen(labels['job_id'] ?? '', seconds * 1000) : undefined;
      });
    }
  }

  facts(): RunFacts {
    const { labels, collector, watches } = this.#options;
    return metricsFacts({
      ...this.#judged,
      labels,
      collector,
      watches: this.#planned.map((planned) => watches.get(planned.jobId) ?? planned),
      cohorts: this.#outcomes.read(),
      elapsedMs: this.#elapsedMs,
      toWall: (simulated) => this.#toWall(simulated),
      predict: (jobId) => this.#foreseen(jobId, this.#elapsedMs),
    });
  }

  /** The whole run for `metrics.om`. */
  openMetrics(): string {
    return renderOpenMetrics(this.#history, { job, run_id: this.#options.labels.runId });
  }

  #toWall(simulated: number): number {
    const { plan, clockSetting } = this.#options;
    if (!plan.isJumping) return wallAt(clockSetting, simulated);
    const heardAt = this.#heardAt.get(simulated) ?? wallNow();
    this.#heardAt.set(simulated, heardAt);
    return heardAt;
  }
}
