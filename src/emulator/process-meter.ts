import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** What the emulator's process costs, for `GET /_fleetrig/stats`. */
export interface ProcessStats {
  /** User and system time since the process began. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  /** How late the event loop came round, 99th percentile since the last reading. */
  readonly eventLoopDelayMsP99: number;
}

/** Watches the event loop of this process; `stop` ends the watch. */
export class ProcessMeter {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 10 });

  constructor() {
    this.#delay.enable();
  }

  read(): ProcessStats {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const p99 = this.#delay.percentile(99) / 1e6;
    this.#delay.reset();
    return {
      cpuSeconds: (user + system) / 1e6,
      rssBytes: rss,
      heapUsedBytes: heapUsed,
      eventLoopDelayMsP99: p99,
    };
  }

  stop(): void {
    this.#delay.disable();
  }
}
