import { formatDuration } from '../base/duration.ts';
import { parseSchedule } from '../protocol/schedule.ts';
import { mostEnding } from './lint-outcome.ts';
import { countText, type Subject, warning } from './lint-subject.ts';
import type { Finding, Path } from './problem.ts';
import { rateMax, releasedWithin, releaseMs } from './release-times.ts';

/** An exponential rate that begins at its cap is a constant one (reference §2). */
export function rateCapped({ job, path }: Subject): Finding[] {
  const config = job.jobExecutionsRolloutConfig;
  const base = config?.exponentialRate?.baseRatePerMinute;
  const most = rateMax(config);
  if (base === undefined || base < most) return [];
  const cap = config?.maximumPerMinute === undefined ? 'the service' : 'maximumPerMinute';
  return [
    warning(
      [...path, 'jobExecutionsRolloutConfig', 'exponentialRate', 'baseRatePerMinute'],
      `the rate never rises: it begins at ${base} a minute, and ${cap} caps it at ${most}`,
      'begin below the cap, or leave exponentialRate out',
    ),
  ];
}

/** An increase that comes only once everything is out changes nothing. */
export function increaseNeverMet(subject: Subject): Finding[] {
  const { job, path, things, released } = subject;
  const rate = job.jobExecutionsRolloutConfig?.exponentialRate;
  if (rate === undefined || released < 2) return [];
  const { numberOfNotifiedThings: notified, numberOfSucceededThings: succeeded } =
    rate.rateIncreaseCriteria;
  // The last thing is released before its level counts.
  const notifiedMax = things - 1;
  const succeededMax = Math.min(notifiedMax, mostEnding(subject, ['SUCCEEDED']));
  const isMet =
    (notified !== undefined && notified <= notifiedMax) ||
    (succeeded !== undefined && succeeded <= succeededMax);
  if (isMet) return [];
  const at = [...path, 'jobExecutionsRolloutConfig', 'exponentialRate', 'rateIncreaseCriteria'];
  const [name, waits, most] =
    notified === undefined
      ? ['numberOfSucceededThings', `${succeeded} succeeded`, succeededMax]
      : ['numberOfNotifiedThings', `${notified} notified`, notifiedMax];
  return [
    warning(
      [...at, name],
      `the rate never rises above ${rate.baseRatePerMinute} a minute: it waits for ${waits} things, and there are at most ${most.toLocaleString('en')} while the rest of the ${countText(things, 'thing')} wait`,
      most > 0 ? `set it to ${most} or less` : 'leave exponentialRate out',
    ),
  ];
}

/** The run stops before everything can be out, unless an operator or an abort stops the job first. */
export function runStopsFirst(subject: Subject): Finding[] {
  const { scenario, createdMs } = subject;
  const { after } = scenario.stop;
  const needed = rolloutMs(subject);
  if (createdMs >= after || createdMs + needed <= after || isChanged(subject)) return [];
  const created = createdMs === 0 ? '' : ` from ${formatDuration(createdMs)} on`;
  return [
    warning(
      ratePath(subject),
      `the rollout needs ${formatDuration(needed)}${created}, and the run stops after ${formatDuration(after)}: ${reach(subject, after - createdMs)}`,
      `set stop.after above ${formatDuration(createdMs + needed)}, or raise the rate`,
    ),
  ];
}

/** The schedule ends before everything can be out (reference §5). */
export function scheduleEndsFirst(subject: Subject): Finding[] {
  const { job, path } = subject;
  if (job.schedulingConfig === undefined || isChanged(subject)) return [];
  const { startAt, endAt } = parseSchedule(job.schedulingConfig);
  if (startAt === undefined || endAt === undefined) return [];
  const open = endAt - startAt;
  const needed = rolloutMs(subject);
  if (needed <= open) return [];
  return [
    warning(
      [...path, 'schedulingConfig', 'endTime'],
      `the rollout needs ${formatDuration(needed)}, and startTime to endTime is ${formatDuration(open)}: ${reach(subject, open)}`,
      'set a later endTime, or raise the rate',
    ),
  ];
}

/** Outside its windows a rollout waits for the next one (reference §5). */
export function windowsTooShort(subject: Subject): Finding[] {
  const { job, path } = subject;
  const windows = (job.schedulingConfig?.maintenanceWindows ?? []).map((window, index) => ({
    ...window,
    index,
  }));
  const [longest] = windows.sort((a, b) => b.durationInMinutes - a.durationInMinutes);
  if (longest === undefined || isChanged(subject)) return [];
  const needed = rolloutMs(subject);
  const openMs = longest.durationInMinutes * 60_000;
  if (needed <= openMs) return [];
  return [
    warning(
      [...path, 'schedulingConfig', 'maintenanceWindows', longest.index, 'durationInMinutes'],
      `the rollout needs ${formatDuration(needed)}, and no window is longer than ${formatDuration(openMs)}: it takes ${Math.ceil(needed / openMs)} windows or more`,
      'lengthen the window, or raise the rate',
    ),
  ];
}

function rolloutMs({ job, released, scenario }: Subject): number {
  return releaseMs(job.jobExecutionsRolloutConfig, scenario.emulator.dialect, released);
}

function reach({ job, released, scenario }: Subject, openMs: number): string {
  const { dialect } = scenario.emulator;
  const most = releasedWithin(job.jobExecutionsRolloutConfig, dialect, openMs);
  return `at most ${most.toLocaleString('en')} of ${countText(released, 'thing')} get it`;
}

/** Whether the timeline ends the job, changes its rate or takes things away: the closed form does not hold. */
function isChanged({ scenario, job: { jobId }, updated }: Subject): boolean {
  return (
    updated.has('jobExecutionsRolloutConfig') ||
    scenario.timeline.some(
      ({ cancelJob, deleteJob, removeThings }) =>
        cancelJob?.jobId === jobId || deleteJob?.jobId === jobId || removeThings !== undefined,
    )
  );
}

/** Where the rate is written; the job's id where it is not. */
function ratePath({ job, path }: Subject): Path {
  const config = job.jobExecutionsRolloutConfig;
  const at = [...path, 'jobExecutionsRolloutConfig'];
  if (config?.exponentialRate !== undefined) return [...at, 'exponentialRate', 'baseRatePerMinute'];
  return config?.maximumPerMinute === undefined ? [...path, 'jobId'] : [...at, 'maximumPerMinute'];
}
