import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Recorder } from '../metrics/recorder.ts';

/** The histogram of Node counts the time between two samples, so the interval comes off again. */
const resolutionMs = 10;

const msOfNs = (ns: number): number => Math.max(0, ns / 1e6 - resolutionMs);

export interface LoopWatch {
  /** Sets the recorder's `loop.*` gauges. */
  measure(recorder: Recorder): void;
  stop(): void;
}

/** Watches the event loop of the thread it is called in. */
export function watchLoop(): LoopWatch {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  let last = performance.eventLoopUtilization();
  return {
    measure(recorder) {
      const current = performance.eventLoopUtilization();
      recorder.gauge(
        'loop.utilization',
        performance.eventLoopUtilization(current, last).utilization,
      );
      last = current;
      if (delay.count === 0) return;
      recorder.gauge('loop.delayP99Ms', msOfNs(delay.percentile(99)));
      recorder.gauge('loop.delayMaxMs', msOfNs(delay.max));
    },
    stop: () => {
      delay.disable();
    },
  };
}
