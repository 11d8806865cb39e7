import { addYears, type CivilTime, daysInMonth, fromCivil, toCivil } from '../base/calendar.ts';
import type { Millis } from '../base/clock.ts';
import { type Cron, nextOccurrence, parseCron } from './cron.ts';
import { limits } from './limits.ts';
import { type Violation, violation } from './validation.ts';

type EndBehavior = 'STOP_ROLLOUT' | 'CANCEL' | 'FORCE_CANCEL';

export interface MaintenanceWindow {
  /** Cron in AWS's dialect, UTC. */
  readonly startTime: string;
  readonly durationInMinutes: number;
}

/** When a job may roll out, as AWS takes it (reference §5). Times are UTC unless they have an offset. */
export interface SchedulingConfig {
  readonly startTime?: string;
  readonly endTime?: string;
  readonly endBehavior?: EndBehavior;
  readonly maintenanceWindows?: readonly MaintenanceWindow[];
}

/** A schedule as the engine follows it. */
export interface Schedule {
  readonly startAt: Millis | undefined;
  readonly endAt: Millis | undefined;
  readonly endBehavior: EndBehavior;
  /** Empty: open from start to end. */
  readonly windows: readonly { readonly cron: Cron; readonly durationMs: Millis }[];
}

const minuteMs = 60_000;
const path = ['schedulingConfig'];

/** A config that has been found valid. */
export function parseSchedule(config: SchedulingConfig): Schedule {
  const { startTime, endTime, endBehavior = 'STOP_ROLLOUT', maintenanceWindows = [] } = config;
  return {
    startAt: startTime === undefined ? undefined : parseTime(startTime),
    endAt: endTime === undefined ? undefined : parseTime(endTime),
    endBehavior,
    windows: maintenanceWindows.flatMap(({ startTime: text, durationInMinutes }) => {
      const cron = parseCron(text);
      return cron === undefined ? [] : [{ cron, durationMs: durationInMinutes * minuteMs }];
    }),
  };
}

/** What is wrong with a schedule whatever the time is; the model's constraints hold already. */
export function* findScheduleViolations(
  config: SchedulingConfig | undefined,
  targetSelection: string | undefined,
): Generator<Violation> {
  if (config === undefined) return;
  const { startTime, endTime, endBehavior, maintenanceWindows } = config;
  yield* formatViolations('startTime', startTime);
  yield* formatViolations('endTime', endTime);
  if (endBehavior !== undefined && endTime === undefined) {
    yield violation([...path, 'endBehavior'], endBehavior, 'be absent when there is no endTime');
  }
  if (maintenanceWindows === undefined || maintenanceWindows.length === 0) return;
  const at = [...path, 'maintenanceWindows'];
  if (targetSelection !== 'CONTINUOUS') {
    yield violation(at, maintenanceWindows, 'be absent unless targetSelection is CONTINUOUS');
  }
  yield* findWindowViolations(at, maintenanceWindows);
}

/** Each window opens by a cron expression; `at` is where the list is in the request. */
export function* findWindowViolations(
  at: readonly string[],
  windows: readonly MaintenanceWindow[],
): Generator<Violation> {
  if (windows.length > limits.maintenanceWindowsMax) {
    const constraint = `have length less than or equal to ${limits.maintenanceWindowsMax}`;
    yield violation(at, `${windows.length} windows`, constraint);
  }
  for (const [index, { startTime }] of windows.entries()) {
    if (parseCron(startTime) !== undefined) continue;
    yield violation([...at, index, 'startTime'], startTime, 'be a cron expression');
  }
}

/**
 * What is wrong with the times of a valid schedule at the moment a job is created (reference §5).
 * `minLeadMinutes` is AWS's 30 minutes, or what a dialect makes of them.
 */
export function* findTimingViolations(
  config: SchedulingConfig,
  minLeadMinutes: number,
  now: Millis,
): Generator<Violation> {
  const { startAt, endAt, windows } = parseSchedule(config);
  const { startLeadYearsMax, endLeadYearsMax } = limits;
  function* bounds(name: 'startTime' | 'endTime', at: Millis, from: Millis, years: number) {
    const since = from === now ? 'from now' : 'after startTime';
    if (at < from + minLeadMinutes * minuteMs) {
      yield violation(
        [...path, name],
        config[name],
        `be at least ${minLeadMinutes} minutes ${since}`,
      );
    }
    if (at > addYears(from, years)) {
      yield violation([...path, name], config[name], `be at most ${years} year(s) ${since}`);
    }
  }
  if (startAt !== undefined) yield* bounds('startTime', startAt, now, startLeadYearsMax);
  if (endAt !== undefined) {
    yield* bounds('endTime', endAt, now, endLeadYearsMax);
    if (startAt !== undefined) yield* bounds('endTime', endAt, startAt, endLeadYearsMax);
  }
  for (const [index, { cron }] of windows.entries()) {
    if (nextOccurrence(cron, now) !== undefined) continue;
    const text = config.maintenanceWindows?.[index]?.startTime;
    const at = [...path, 'maintenanceWindows', index, 'startTime'];
    yield violation(at, text, 'be a cron expression with a time to come');
  }
}

/** The schedule of a CONTINUOUS job with the windows of its template, unless it brings its own (reference §7.1). */
export function withMaintenanceWindows(
  config: SchedulingConfig | undefined,
  windows: readonly MaintenanceWindow[],
): SchedulingConfig {
  return { ...config, maintenanceWindows: config?.maintenanceWindows ?? windows };
}

/** Whether a job may roll out at an instant: started, not ended, and in a window if it has any. */
export function isOpenAt(schedule: Schedule, at: Millis): boolean {
  const { startAt, endAt, windows } = schedule;
  if (startAt !== undefined && at < startAt) return false;
  if (endAt !== undefined && at >= endAt) return false;
  return windows.length === 0 || closesAt(schedule, at) !== undefined;
}

/** The next instant at which something may change: start, end, or a window that opens or closes. */
export function nextChange(schedule: Schedule, at: Millis): Millis | undefined {
  const { startAt, endAt } = schedule;
  const ends = endAt !== undefined && endAt > at ? [endAt] : [];
  const next = startAt !== undefined && at < startAt ? startAt : nextFlip(schedule, at);
  const changes = next === undefined ? ends : [next, ...ends];
  return changes.length === 0 ? undefined : Math.min(...changes);
}

/** The next opening of a window after an instant, before the end. */
export function nextOpening(schedule: Schedule, after: Millis): Millis | undefined {
  const at = firstOpening(schedule, after);
  return at === undefined || at >= (schedule.endAt ?? Number.POSITIVE_INFINITY) ? undefined : at;
}

/** `scheduledJobRollouts` of DescribeJob: the next openings, `YYYY-MM-DD HH:MM:SS` in UTC. */
export function nextRollouts(schedule: Schedule, now: Millis): readonly { startTime: string }[] {
  // A window by itself first, so that each is searched no further than its own share of the seven.
  const openings = schedule.windows.flatMap((window) => {
    const alone = { ...schedule, windows: [window] };
    const times: Millis[] = [];
    let at = nextOpening(alone, now);
    while (at !== undefined && times.length < limits.rolloutsShownMax) {
      times.push(at);
      at = nextOpening(alone, at);
    }
    return times;
  });
  return [...new Set(openings)]
    .sort((a, b) => a - b)
    .slice(0, limits.rolloutsShownMax)
    .map((at) => ({ startTime: formatTime(at) }));
}

/** Undefined when the text is in none of the accepted formats (reference §5, register C14). */
export function parseTime(text: string): Millis | undefined {
  if (/^\d{1,11}(?:\.\d{1,3})?$/.test(text)) return Number(text) * 1000;
  const match =
    /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits: string | undefined) => Number(digits ?? 0));
  const civil = { year, month, day, hour, minute, second };
  const offsetMs = parseOffset(match[8] ?? 'Z');
  if (!isReal(civil) || offsetMs === undefined) return undefined;
  return fromCivil(civil) + Number(match[7] ?? 0) * 1000 - offsetMs;
}

function parseOffset(text: string): Millis | undefined {
  if (text === 'Z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(4));
  if (hours > 23 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * minuteMs;
}

function isReal({ year, month, day, hour, minute, second }: CivilTime): boolean {
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  return isDate && hour <= 23 && minute <= 59 && second <= 59;
}

function formatTime(at: Millis): string {
  const { year, month, day, hour, minute, second } = toCivil(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  return `${date} ${two(hour)}:${two(minute)}:${two(second)}`;
}

function* formatViolations(
  name: 'startTime' | 'endTime',
  text: string | undefined,
): Generator<Violation> {
  if (text === undefined || parseTime(text) !== undefined) return;
  yield violation([...path, name], text, 'be a time such as 2026-01-31 23:30 or 2026-01-31T23:30Z');
}

function nextFlip(schedule: Schedule, at: Millis): Millis | undefined {
  if (schedule.windows.length === 0) return undefined;
  return closesAt(schedule, at) ?? firstOpening(schedule, at);
}

/** When the windows that are open at an instant have closed; another may have opened by then. */
function closesAt({ startAt, windows }: Schedule, at: Millis): Millis | undefined {
  const closings = windows.flatMap(({ cron, durationMs }) => {
    const openedAt = nextOccurrence(cron, Math.max(at - durationMs, beforeStart(startAt)));
    return openedAt !== undefined && openedAt <= at ? [openedAt + durationMs] : [];
  });
  return closings.length === 0 ? undefined : Math.max(...closings);
}

function firstOpening({ startAt, windows }: Schedule, after: Millis): Millis | undefined {
  const openings = windows.flatMap(
    ({ cron }) => nextOccurrence(cron, Math.max(after, beforeStart(startAt))) ?? [],
  );
  return openings.length === 0 ? undefined : Math.min(...openings);
}

/** An occurrence at the start itself counts; occurrences are whole minutes. */
function beforeStart(startAt: Millis | undefined): Millis {
  return startAt === undefined ? Number.NEGATIVE_INFINITY : startAt - 1;
}
