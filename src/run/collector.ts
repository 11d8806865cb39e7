import { type ClockSetting, type Millis, simulatedAt, wallAt, wallNow } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { thingNameOf } from '../device/population.ts';
import type { Delta, Notice } from '../fleet/wire.ts';
import { MergedMetrics, Recorder, type Snapshot } from '../metrics/recorder.ts';
import { halveIntervals, type LatencyInterval } from '../report/latency-files.ts';
import type { Plan } from '../scenario/plan.ts';
import type { ListedExecution } from './job-watch.ts';
import { Thinned } from './thinned.ts';

const intervalsMax = 10_000;

export type CollectedExecution = Delta['executions'][number];

export interface RunEvent {
  /** Simulated instant. */
  readonly at: Millis;
  readonly kind: string;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface ErrorLook {
  /** Simulated instant. */
  readonly at: Millis;
  readonly byCode: ReadonlyMap<string, number>;
}

/** Where what was recorded in an interval belongs in simulated time. */
export interface TimedInterval extends LatencyInterval {
  /** When it was over. */
  readonly at: Millis;
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
  intervals: TimedInterval[] = [];
  /** Why the figures are not to be trusted, beside what the delays tell. */
  readonly doubts: string[] = [];
  connectedMax = 0;
  /** Operations refused or lost so far by code, look by look. */
  readonly errorLooks = new Thinned<ErrorLook>();
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
    const endAt = wallNow();
    const startAt = this.#heardAt.get(delta.worker) ?? endAt - 1000;
    this.#heardAt.set(delta.worker, endAt);
    this.#addIntervals(delta.metrics, { startAt, endAt, at: this.#now() });
    for (const execution of delta.executions) this.executions.push(execution);
    for (const notice of delta.notices) this.notices.push(notice);
    for (const trouble of delta.troubles ?? []) this.addEvent('identity', trouble);
    this.connectedMax = Math.max(this.connectedMax, this.metrics.gauge('connected'));
  }

  /** `at` is when it happened, where that is known better than that it is now being told. */
  addEvent(
    kind: string,
    message: string,
    data?: Readonly<Record<string, unknown>>,
    at: Millis = this.#now(),
  ): void {
    const event = { at, kind, message, ...(data === undefined ? {} : { data }) };
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
    clock: ClockSetting,
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
    let second = 0;
    const endSecond = () => {
      const metrics = recorder.takeSnapshot();
      this.metrics.add('coordinator', metrics);
      const endAt = (second + 1) * 1000;
      this.#addIntervals(metrics, { startAt: endAt - 1000, endAt, at: simulatedAt(clock, endAt) });
    };
    this.notices.sort((a, b) => a.receivedAt - b.receivedAt);
    for (const { thing, jobId, executionNumber, receivedAt } of this.notices) {
      const thingName = thingNameOf(population.thingName, thing);
      const at = queuedAt.get(`${jobId}/${thingName}/${executionNumber}`);
      if (at === undefined) continue;
      const wallUs = ((receivedAt - at) / clockScale) * 1000;
      const heardSecond = Math.floor(wallAt(clock, receivedAt) / 1000);
      if (heardSecond !== second) endSecond();
      second = heardSecond;
      recorder.record('notify', wallUs, wallUs);
    }
    endSecond();
    this.intervals.sort((a, b) => a.endAt - b.endAt);
  }

  #addIntervals(
    { histograms }: Snapshot,
    span: Pick<TimedInterval, 'startAt' | 'endAt' | 'at'>,
  ): void {
    for (const [key, hdrBase64] of Object.entries(histograms)) {
      const [operation = '', origin] = key.split('/');
      if (origin === 'corrected') this.intervals.push({ operation, ...span, hdrBase64 });
    }
    if (this.intervals.length > intervalsMax) this.intervals = halveIntervals(this.intervals);
  }

  /** To be called at every look. */
  noteErrors(): void {
    const byCode = new Map<string, number>();
    for (const [key, count] of this.metrics.counters()) {
      const code = errorCodeOf(key);
      if (code !== undefined) byCode.set(code, (byCode.get(code) ?? 0) + count);
    }
    this.errorLooks.push({ at: this.#now(), byCode });
  }

  /** Whether every worker has told how it is after that wall instant. */
  hasHeardAllSince(wallInstant: Millis): boolean {
    return this.#heardAt.size > 0 && Math.min(...this.#heardAt.values()) >= wallInstant;
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

/** The code a counter counts under, if it counts errors. */
function errorCodeOf(key: string): string | undefined {
  const [family, , last] = key.split('/');
  if (family === 'errors') return last;
  return family === 'requests' && last === 'lost' ? 'LOST' : undefined;
}
