import { type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { EmulatorStats } from '../metrics/prometheus-emulator.ts';

/** What the emulator's process costs, for `GET /_fleetrig/stats`. */
export interface ProcessStats {
  /** User and system time since the process began. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  /** How late the event loop came round, 99th percentile since the last reading. */
  readonly eventLoopDelayMsP99: number;
}

const resolutionMs = 10;

/** Node counts the time between two samples, so the interval comes off again. */
function lateMs(ns: number): number {
  return Math.max(0, ns / 1e6 - resolutionMs);
}

/** How late the loop came round since it was last asked; nothing is as good as never late. */
function takeLateness(delay: IntervalHistogram): { readonly p99: number; readonly max: number } {
  const lateness =
    delay.count === 0
      ? { p99: 0, max: 0 }
      : { p99: lateMs(delay.percentile(99)), max: lateMs(delay.max) };
  delay.reset();
  return lateness;
}

/** Watches the event loop of this process; `stop` ends the watch. */
export class ProcessMeter {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs });
  /** Of its own, so that a scrape takes nothing from a reading. */
  readonly #scraped: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs });

  constructor() {
    this.#delay.enable();
    this.#scraped.enable();
  }

  read(): ProcessStats {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const { p99 } = takeLateness(this.#delay);
    return {
      cpuSeconds: (user + system) / 1e6,
      rssBytes: rss,
      heapUsedBytes: heapUsed,
      eventLoopDelayMsP99: p99,
    };
  }

  /** The same for Prometheus. */
  scrape(): EmulatorStats['process'] {
    const { user, system } = process.cpuUsage();
    return {
      cpuSeconds: (user + system) / 1e6,
      rssBytes: process.memoryUsage.rss(),
      loopActiveSeconds: performance.eventLoopUtilization().active / 1000,
      loopDelayMs: takeLateness(this.#scraped),
    };
  }

  stop(): void {
    this.#delay.disable();
    this.#scraped.disable();
  }
}
