import type { runMetrics } from '../src/metrics/prometheus.ts';
import type { emulatorMetrics } from '../src/metrics/prometheus-emulator.ts';

/** What the catalogue says, and the series a histogram consists of. */
type SeriesOf<Table> = {
  [Name in keyof Table & string]: Table[Name] extends { readonly kind: 'histogram' }
    ? `${Name}_bucket` | `${Name}_sum` | `${Name}_count`
    : Name;
}[keyof Table & string];

type RunSeries = SeriesOf<typeof runMetrics>;
type EmulatorSeries = SeriesOf<typeof emulatorMetrics>;

/**
 * Series of the chosen runs. Scraped series carry no run id; back-filled and pushed ones do, and the
 * empty alternative lets both through.
 */
export function ofRun(metric: RunSeries, ...matchers: readonly string[]): string {
  return selector(metric, ['job=~"$job"', 'run_id=~"$run_id|"', ...matchers]);
}

/** Series of the chosen AWS IoT jobs within the chosen runs. */
export function ofJob(metric: RunSeries, ...matchers: readonly string[]): string {
  return ofRun(metric, 'job_id=~"$job_id"', ...matchers);
}

export function ofEmulator(metric: EmulatorSeries, ...matchers: readonly string[]): string {
  return selector(metric, ['job=~"$job"', ...matchers]);
}

function selector(metric: string, matchers: readonly string[]): string {
  return `${metric}{${matchers.join(', ')}}`;
}

/** Leaves of the figures that every process of any kind has those of a run's coordinator. */
export function ofCoordinator(figures: string): string {
  return `${figures} and on (job, instance) ${ofRun('fleetrig_build_info')}`;
}

/** Likewise those of an emulator. */
export function ofEmulatorProcess(figures: string): string {
  return `${figures} and on (job, instance) ${ofEmulator('fleetrig_emulator_connections')}`;
}

/** Per second of wall time. */
export function rate(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

/** The last figure of whatever ran in the chosen time, also when it has been over for long. */
export function lastOf(selector: string): string {
  return `last_over_time(${selector}[$__range])`;
}

/** Of the seconds around each point in time. */
export function quantileOverTime(quantile: number, buckets: string, by: readonly string[]): string {
  return `histogram_quantile(${quantile}, sum by (${['le', ...by].join(', ')}) (${rate(buckets)}))`;
}

/** Of all that a run has measured so far: its buckets have counted since it began. */
export function quantileSoFar(quantile: number, buckets: string, by: readonly string[]): string {
  return `histogram_quantile(${quantile}, sum by (${['le', ...by].join(', ')}) (${buckets}))`;
}
