import type { IoTClient } from '@aws-sdk/client-iot';
import type { Clock } from '../base/clock.ts';
import type { Collector } from './collector.ts';
import type { EmulatorAdmin } from './emulator-admin.ts';
import { hasAborted } from './has-aborted.ts';
import { tellJobChange } from './job-events.ts';
import type { JobWatch } from './job-watch.ts';

export interface Viewpoint {
  readonly iot: IoTClient;
  readonly admin: EmulatorAdmin | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly collector: Collector;
}

/** A look at one job; a change of its status goes into the timeline. */
export async function lookAtJob(watch: JobWatch, viewpoint: Viewpoint): Promise<void> {
  const { iot, admin, clock, collector } = viewpoint;
  await watch.look(iot, admin, clock.now());
  tellChangeOf(watch, collector);
}

/** Each change is told once, whoever saw it. */
export function tellChangeOf(watch: JobWatch, collector: Collector): void {
  const change = watch.takeChange();
  if (change === undefined) return;
  const { jobId, observation, abortReading: reading, comment, reasonCode } = watch;
  const trip = observation?.trip;
  const abortedFor = hasAborted(watch) === true ? (comment ?? reasonCode) : undefined;
  tellJobChange(collector, { jobId, trip, abortedFor, reading, ...change });
}
