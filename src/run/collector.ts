import { type Millis, wallNow } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { thingNameOf } from '../device/population.ts';
import type { Delta, Notice } from '../fleet/wire.ts';
import { MergedMetrics, Recorder } from '../metrics/recorder.ts';
import { halveIntervals, type LatencyInterval } from '../report/latency-files.ts';
import type { Plan } from '../scenario/plan.ts';
import type { ListedExecution } from './job-watch.ts';

const intervalsMax = 10_000;

export type CollectedExecution = Delta['executions'][number];

export interface RunEvent {
  /** Simulated instant. */
  readonly at: Millis;
  readonly kind: string;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** One second of the run, summed over its jobs. */
export type TimeseriesRow = readonly number[];

/** Everything a run has learnt so far. Whatever happens to the run, a report can be made of it. */
export class Collector {
  readonly metrics = new MergedMetrics();
  readonly executions: CollectedExecution[] = [];
  readonly notices: Notice[] = [];
  readonly events: RunEvent[] = [];
  readonly rows: TimeseriesRow[] = [];
  /** Whole until there are too many of them; then neighbours are merged, so that a day fits too. */
  intervals: LatencyInterval[] = [];
  /** Why the figures are not to be trusted, beside what the delays tell. */
  readonly doubts: string[] = [];
  connectedMax = 0;
  /** Of the emulator's event loop, each second: 99th percentile in wall milliseconds. */
  readonly emulatorLoopDelaysMs: number[] = [];
  /** Wall instant of each worker's last delta. */
  readonly #heardAt = new Map<string, Millis>();
  readonly #now: () => Millis;
  readonly #onEvent: (event: RunEvent) => void;

  constructor(now: () => Millis, onEvent: (event: RunEvent) => void) {
    this.#now = now;
    this.#onEvent = onEvent;
  }

  addDelta(delta: Delta): void {
    this.metrics.add(delta.worker, delta.metrics);
    this.#addIntervals(delta);
    for (const execution of delta.executions) this.executions.push(execution);
    for (const notice of delta.notices) this.notices.push(notice);
    this.connectedMax = Math.max(this.connectedMax, this.metrics.gauge('connected'));
  }

  addEvent(kind: string, message: string, data?: Readonly<Record<string, unknown>>): void {
    const event = { at: this.#now(), kind, message, ...(data === undefined ? {} : { data }) };
    this.events.push(event);
    this.#onEvent(event);
  }

  /**
   * Notification latency: from when the service queued an execution, which only its own list tells to
   * the millisecond, to when the device heard of it.
   */
  joinNotices(
    listings: ReadonlyMap<string, readonly ListedExecution[]>,
    { population, clockScale, isJumping }: Plan,
  ): void {
    // Both times are of one step then: they do not tell how long a message takes.
    if (isJumping) return;
    const queuedAt = new Map<string, Millis>();
    for (const [jobId, listed] of listings) {
      for (const each of listed) {
        queuedAt.set(`${jobId}/${each.thingName}/${each.executionNumber}`, each.queuedAt);
      }
    }
    const recorder = new Recorder();
    for (const { thing, jobId, executionNumber, receivedAt } of this.notices) {
      const thingName = thingNameOf(population.thingName, thing);
      const at = queuedAt.get(`${jobId}/${thingName}/${executionNumber}`);
      if (at === undefined) continue;
      const wallUs = ((receivedAt - at) / clockScale) * 1000;
      recorder.record('notify', wallUs, wallUs);
    }
    this.metrics.add('coordinator', recorder.takeSnapshot());
  }

  #addIntervals({ worker, metrics }: Delta): void {
    const endAt = wallNow();
    const startAt = this.#heardAt.get(worker) ?? endAt - 1000;
    this.#heardAt.set(worker, endAt);
    const added: LatencyInterval[] = [];
    for (const [key, hdrBase64] of Object.entries(metrics.histograms)) {
      const [operation = '', origin] = key.split('/');
      if (origin === 'corrected') added.push({ operation, startAt, endAt, hdrBase64 });
    }
    this.intervals.push(...added);
    if (this.intervals.length > intervalsMax) this.intervals = halveIntervals(this.intervals);
  }

  /** Wall milliseconds since the worker that has been silent longest was heard; 0 before any was. */
  longestSilenceMs(): number {
    return this.#heardAt.size === 0 ? 0 : wallNow() - Math.min(...this.#heardAt.values());
  }

  addDoubt(reason: string): void {
    this.doubts.push(reason);
    this.addEvent('doubt', reason);
  }

  /** An error that does not end the run. */
  addError(message: string, error: unknown): void {
    this.addEvent('error', `${message}: ${messageOf(error)}`);
  }
}
