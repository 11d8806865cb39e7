import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

/** Timed operations of a device; at most 12, they are metric labels. */
export const operations = [
  'connect',
  'subscribe',
  'get',
  'describe',
  'start-next',
  'update',
  'notify',
  'execution',
] as const;
export type OperationName = (typeof operations)[number];

/** Those that are a request with an answer: counted as `requests/<operation>/<sent|accepted|rejected|lost>`. */
export const requestOperations = [
  'get',
  'describe',
  'start-next',
  'update',
] as const satisfies readonly OperationName[];

/** Counted from when the operation was due, or from when it was really sent. */
export type LatencyOrigin = 'corrected' | 'fromSend';

/** What has a histogram: every operation, and how late the harness's own timers fire. */
export type TimingName = OperationName | 'schedule';

/** The gauges a source may set, and how those of several sources become one figure. */
const gaugeAggregations = {
  things: 'sum',
  connecting: 'sum',
  connected: 'sum',
  /** Event-loop health of a worker since it started. */
  'loop.delayP99Ms': 'max',
  'loop.delayMaxMs': 'max',
  /** Share of the last second the event loop was busy, 0 to 1. */
  'loop.utilization': 'max',
  /** How late timers fired since the worker started. */
  'schedule.delayP99Ms': 'max',
  'schedule.delayMaxMs': 'max',
  /** Of one process, since it started. */
  cpuSeconds: 'sum',
  rssBytes: 'sum',
} as const satisfies Record<string, 'sum' | 'max'>;

export type GaugeName = keyof typeof gaugeAggregations;
const gaugeNames = Object.keys(gaugeAggregations) as readonly GaugeName[];

/**
 * What one recorder saw since the last snapshot. Histograms are HDR V2, compressed, base64, in whole
 * microseconds of wall time; keys are `<timing>/corrected` and `<timing>/fromSend`.
 */
export interface Snapshot {
  readonly histograms: Readonly<Record<string, string>>;
  /** Added up. Keys are catalogue names with label values: `requests/update/sent`. */
  readonly counters: Readonly<Record<string, number>>;
  /** The last value counts. */
  readonly gauges: Readonly<Partial<Record<GaugeName, number>>>;
}

const latencyUsMax = 3_600_000_000;

/** JS, 32-bit buckets, 1 µs to 1 h at three digits: 94 KB, 49 ns a record; packed ones are 15 times slower. */
function emptyHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: latencyUsMax,
    numberOfSignificantValueDigits: 3,
  });
}

/** The histograms of one recorder or merge, made when first asked for. */
class HistogramSet {
  readonly #byOrigin: Readonly<Record<LatencyOrigin, Map<TimingName, Histogram>>> = {
    corrected: new Map(),
    fromSend: new Map(),
  };

  at(timing: TimingName, origin: LatencyOrigin): Histogram {
    let histogram = this.#byOrigin[origin].get(timing);
    if (histogram === undefined) {
      histogram = emptyHistogram();
      this.#byOrigin[origin].set(timing, histogram);
    }
    return histogram;
  }

  get(timing: TimingName, origin: LatencyOrigin): Histogram | undefined {
    return this.#byOrigin[origin].get(timing);
  }

  *entries(): Generator<[key: string, histogram: Histogram]> {
    for (const [origin, histograms] of Object.entries(this.#byOrigin)) {
      for (const [timing, histogram] of histograms) yield [`${timing}/${origin}`, histogram];
    }
  }
}

/** What one worker measures. Cheap enough for the hot path; whole seconds of it leave as one snapshot. */
export class Recorder {
  readonly #histograms = new HistogramSet();
  readonly #counters = new Map<string, number>();
  readonly #gauges = new Map<GaugeName, number>();
  /** Since the start, for the gauges. */
  readonly #scheduleTotal = emptyHistogram();

  /** Wall microseconds; below 1 and above an hour count as that. */
  record(operation: OperationName, fromDueUs: number, fromSendUs: number): void {
    this.#histograms.at(operation, 'corrected').recordValue(inRange(fromDueUs));
    this.#histograms.at(operation, 'fromSend').recordValue(inRange(fromSendUs));
  }

  /** How many wall microseconds after its time a timer of the harness fired. */
  recordScheduleDelay(delayUs: number): void {
    this.#histograms.at('schedule', 'corrected').recordValue(inRange(delayUs));
    this.#scheduleTotal.recordValue(inRange(delayUs));
  }

  count(key: string, n = 1): void {
    this.#counters.set(key, (this.#counters.get(key) ?? 0) + n);
  }

  gauge(name: GaugeName, value: number): void {
    this.#gauges.set(name, value);
  }

  /** Everything since the last snapshot; what saw nothing is left out. */
  takeSnapshot(): Snapshot {
    const histograms: Record<string, string> = {};
    for (const [key, histogram] of this.#histograms.entries()) {
      if (histogram.totalCount === 0) continue;
      // Level 1: half the time of the default, 4 % more bytes.
      histograms[key] = encodeIntoCompressedBase64(histogram, 1);
      histogram.reset();
      if (key.startsWith('schedule/')) this.#gaugeSchedule();
    }
    const counters = Object.fromEntries(this.#counters);
    const gauges = Object.fromEntries(this.#gauges);
    this.#counters.clear();
    this.#gauges.clear();
    return { histograms, counters, gauges };
  }

  #gaugeSchedule(): void {
    this.gauge('schedule.delayP99Ms', this.#scheduleTotal.getValueAtPercentile(99) / 1000);
    this.gauge('schedule.delayMaxMs', this.#scheduleTotal.maxValue / 1000);
  }
}

/** Snapshots of any number of sources added up, bucket for bucket: nothing is lost or averaged. */
export class MergedMetrics {
  readonly #histograms = new HistogramSet();
  readonly #counters = new Map<string, number>();
  /** The last value of every source. */
  readonly #gauges = new Map<GaugeName, Map<string, number>>();
  readonly #peaks = new Map<GaugeName, Map<string, number>>();

  add(source: string, snapshot: Snapshot): void {
    for (const [key, encoded] of Object.entries(snapshot.histograms)) {
      const [timing, origin] = key.split('/') as [TimingName, LatencyOrigin];
      this.#histograms.at(timing, origin).add(decodeFromCompressedBase64(encoded));
    }
    for (const [key, n] of Object.entries(snapshot.counters)) {
      this.#counters.set(key, this.counter(key) + n);
    }
    for (const name of gaugeNames) {
      const value = snapshot.gauges[name];
      if (value === undefined) continue;
      const bySource = this.#gauges.get(name) ?? new Map<string, number>();
      this.#gauges.set(name, bySource.set(source, value));
      const peaks = this.#peaks.get(name) ?? new Map<string, number>();
      this.#peaks.set(name, peaks.set(source, Math.max(peaks.get(source) ?? value, value)));
    }
  }

  counter(key: string): number {
    return this.#counters.get(key) ?? 0;
  }

  counters(): ReadonlyMap<string, number> {
    return this.#counters;
  }

  /** The sources' last values as one: their sum or their maximum. 0 when none has told. */
  gauge(name: GaugeName): number {
    let merged = 0;
    for (const value of this.gauges(name).values()) {
      merged = gaugeAggregations[name] === 'sum' ? merged + value : Math.max(merged, value);
    }
    return merged;
  }

  /** The last value of every source that has told one. */
  gauges(name: GaugeName): ReadonlyMap<string, number> {
    return this.#gauges.get(name) ?? new Map();
  }

  /** The highest value that any one source, or that `source`, ever told. */
  peak(name: GaugeName, source?: string): number {
    const peaks = this.#peaks.get(name);
    if (source !== undefined) return peaks?.get(source) ?? 0;
    return Math.max(0, ...(peaks?.values() ?? []));
  }

  /** Undefined when nothing was recorded. Read only: it goes on being added to. */
  histogram(timing: TimingName, origin: LatencyOrigin): Histogram | undefined {
    return this.#histograms.get(timing, origin);
  }

  /** Microseconds at `percentile`, 0 to 100; 0 when nothing was recorded. */
  percentile(timing: TimingName, origin: LatencyOrigin, percentile: number): number {
    return this.histogram(timing, origin)?.getValueAtPercentile(percentile) ?? 0;
  }

  /** HDR V2, compressed, base64; of an empty histogram when nothing was recorded. */
  encode(timing: TimingName, origin: LatencyOrigin): string {
    return encodeIntoCompressedBase64(this.histogram(timing, origin) ?? emptyHistogram());
  }
}

function inRange(us: number): number {
  return Math.min(Math.max(1, Math.round(us)), latencyUsMax);
}
