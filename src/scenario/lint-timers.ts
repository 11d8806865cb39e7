import type { Millis } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import type { Profile } from '../device/profile.ts';
import { quantile, shareFrom } from '../device/quantile.ts';
import {
  downloadQuantile,
  durationOf,
  isWorking,
  mixturesOf,
  timeoutMsOf,
} from './lint-outcome.ts';
import { percentText, type Subject, warning } from './lint-subject.ts';
import type { Finding } from './problem.ts';

/** From this share of executions on, running out of time is no accident; a p99 counts as its 1 %. */
const lateRatio = 0.01 - 1e-6;

/** Work that would end well is cut off by the job's timer (reference §4.1). */
export function timeoutBelowWork({ job, path, members }: Subject): Finding[] {
  const timeoutMs = timeoutMsOf(job);
  if (timeoutMs === undefined) return [];
  return members.flatMap(({ cohort, things }) => {
    const durationAt = durationOf(cohort.profile);
    const ratio = shareFrom(durationAt, timeoutMs);
    if (things === 0 || !worksAtAll(cohort.profile) || ratio < lateRatio) return [];
    return [
      warning(
        [...path, 'timeoutConfig', 'inProgressTimeoutInMinutes'],
        `the timeout of ${formatDuration(timeoutMs)} is shorter than the work of cohort ${cohort.name}, ${spread(durationAt)}: ${percentText(ratio)} of it times out`,
        `set it to ${Math.floor(durationAt(0.99) / 60_000) + 1} or more`,
      ),
    ];
  });
}

/** Between two reports of progress the step timer runs out; each report sets it anew. */
export function stepTimerBelowGap({ members }: Subject): Finding[] {
  return members.flatMap(({ cohort, things, path }) => {
    const { stepTimeout, work, progress, download } = cohort.profile;
    if (stepTimeout === undefined || things === 0 || !worksAtAll(cohort.profile)) return [];
    const gapAt = gapOf(cohort.profile);
    const ratio = shareFrom(gapAt, stepTimeout);
    if (ratio < lateRatio) return [];
    const steps = Math.floor(quantile(work, 0.99) / stepTimeout);
    const more =
      download === undefined && steps > progress.steps
        ? `set progress.steps to ${steps} or more`
        : 'report more often with progress.steps and download.steps';
    return [
      warning(
        [...path, 'stepTimeout'],
        `the step timer of ${formatDuration(stepTimeout)} is shorter than the time between two reports of cohort ${cohort.name}, ${spread(gapAt)}: ${percentText(ratio)} of its executions time out`,
        `lengthen it, or ${more}`,
      ),
    ];
  });
}

/** Quantiles of the longest time between two reports: a download ends with one, unless it has none. */
function gapOf(profile: Profile): (ratio: number) => Millis {
  const { work, progress, download } = profile;
  const reports = download?.steps ?? 0;
  return (ratio) => {
    const workGap = quantile(work, ratio) / (progress.steps + 1);
    const downloadMs = downloadQuantile(profile, ratio);
    return reports === 0 ? downloadMs + workGap : Math.max(downloadMs / reports, workGap);
  };
}

function worksAtAll(profile: Profile): boolean {
  return mixturesOf(profile).some((mixture) =>
    mixture.some(([behaviour, ratio]) => ratio > 0 && isWorking(behaviour)),
  );
}

/** `2m`, or `median 40s, p99 3m`. */
function spread(quantileOf: (ratio: number) => Millis): string {
  const median = formatDuration(quantileOf(0.5));
  const p99 = formatDuration(quantileOf(0.99));
  return median === p99 ? median : `median ${median}, p99 ${p99}`;
}
