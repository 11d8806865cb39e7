import type { Millis } from '../base/clock.ts';
import type { JobObservation } from '../emulator/observation.ts';
import { countBy, tellBasis } from '../report/abort-share.ts';
import type { AbortReading } from './abort-reading.ts';
import type { Collector } from './collector.ts';

export interface JobChange {
  readonly jobId: string;
  readonly status: string;
  readonly trip: JobObservation['trip'];
  /** That it cancelled itself, in the service's words, where it tells no more of the trip. */
  readonly abortedFor?: string | undefined;
  readonly reading: AbortReading;
  /** When it came about; undefined where only a look has shown it. */
  readonly at: Millis | undefined;
}

/** Puts a change of a job's status into the timeline, at the time it came about if that is known. */
export function tellJobChange(
  collector: Pick<Collector, 'addEvent'>,
  { jobId, status, trip, abortedFor, reading, at }: JobChange,
): void {
  if (status === 'CANCELED' && trip !== undefined) {
    const { failureType, failed } = trip;
    const whole = `${countBy(reading.denominator, trip)} ${tellBasis(reading.denominator)}`;
    const message = `job ${jobId} aborted itself: ${failed} of ${whole} ${failureType}`;
    collector.addEvent('job-aborted', message, { jobId, ...trip }, trip.at);
    return;
  }
  if (status === 'CANCELED' && abortedFor !== undefined) {
    collector.addEvent('job-aborted', `job ${jobId} aborted itself: ${abortedFor}`, { jobId }, at);
    return;
  }
  const is = at === undefined ? 'was seen to be' : 'is';
  collector.addEvent('job-status', `job ${jobId} ${is} ${status}`, { jobId, status }, at);
}
