import { formatDuration } from '../base/duration.ts';
import { suggestion } from '../base/suggest.ts';
import { thingNameOf } from '../device/population.ts';
import { addsUpToWhole, Percent } from '../device/quantity.ts';
import { limits } from '../protocol/limits.ts';
import { isThingName } from '../protocol/names.ts';
import { checkAws } from './check-aws.ts';
import { member, type Outline, type TimelineOutline, textOf, thingIndexOf } from './outline.ts';
import { type Finding, finding, type Path } from './problem.ts';
import { thingsMax, timelineActions } from './schema.ts';

/** What the parts of a scenario must agree on, beyond the shape of each. */
export function crossCheck(value: unknown, outline: Outline): Finding[] {
  return [
    ...checkTarget(outline),
    ...checkAws(value, outline),
    ...checkTls(outline),
    ...checkThingName(outline),
    ...checkCohorts(outline),
    ...checkHealthy(value, outline),
    ...checkGroups(outline),
    ...duplicates('job', 'jobId', outline.jobs),
    ...checkJobTimes(outline),
    ...checkActionCounts(value),
    ...outline.timeline.flatMap((entry) => checkTimelineEntry(entry, outline)),
    ...checkMembership(outline),
  ];
}

function checkTarget({ isEmulator, clockScale }: Outline): Finding[] {
  if (isEmulator || clockScale === undefined || clockScale === 1) return [];
  return [
    finding(['clock', 'scale'], 'only our own emulator can run at another speed', {
      hint: 'leave it out, or use target: emulator',
    }),
  ];
}

function checkTls({ isEmulator, isTls }: Outline): Finding[] {
  if (isEmulator || !isTls) return [];
  return [
    finding(['fleet', 'tls'], 'says only how our own emulator is connected to', {
      hint: 'leave it out; AWS is always connected to over TLS',
    }),
  ];
}

function checkThingName({ thingName, things, timeline }: Outline): Finding[] {
  if (!/\{index(:0?\d+)?\}/.test(thingName)) return [];
  const name = thingNameOf(thingName, (things ?? 1) + addedThings(timeline) - 1);
  if (isThingName(name)) return [];
  return [
    finding(['fleet', 'thingName'], `makes "${name}", which is no thing name`, {
      hint: '1 to 128 letters, digits, ":", "_" and "-"',
    }),
  ];
}

function checkCohorts({ cohorts, hasProfile }: Outline): Finding[] {
  const findings = duplicates('cohort', 'name', cohorts);
  const shares = cohorts.map(({ share }) => Percent.safeParse(share));
  const ratios = shares.flatMap(({ data }) => (data === undefined ? [] : [data]));
  if (ratios.length === cohorts.length && cohorts.length > 0 && !addsUpToWhole(ratios)) {
    const sum = ratios.reduce((total, ratio) => total + ratio, 0);
    const percent = Number((sum * 100).toFixed(6));
    findings.push(
      finding(['fleet', 'cohorts'], `the shares add up to ${percent} %, not 100 %`, { at: 'key' }),
    );
  }
  if (hasProfile && cohorts.some(({ path }) => path.includes('cohorts'))) {
    findings.push(
      finding(['fleet', 'profile'], 'a fleet with cohorts has no profile of its own', {
        at: 'key',
        hint: 'move it into the cohorts',
      }),
    );
  }
  return findings;
}

function checkHealthy(value: unknown, { cohorts }: Outline): Finding[] {
  const healthy = textOf(member(member(value, 'predict'), 'healthy'));
  const names = cohorts.map(({ name }) => name);
  if (healthy === undefined || names.includes(healthy)) return [];
  return [noSuch('cohort', healthy, names, ['predict', 'healthy'])];
}

function checkGroups({ groups }: Outline): Finding[] {
  const findings = duplicates('group', 'name', groups);
  const names = groups.map(({ name }) => name);
  for (const { name, parent, path } of groups) {
    if (parent === undefined) continue;
    const at = [...path.slice(0, -1), 'parent'];
    if (!names.includes(parent)) {
      findings.push(noSuch('group', parent, names, at));
    } else if (depthOf(name, groups) > limits.groupDepthMax) {
      findings.push(
        finding(at, `groups nest at most ${limits.groupDepthMax} deep and not in circles`),
      );
    }
  }
  return findings;
}

/** How deep a group lies, the outermost at 1; more than the limit for one in a circle. */
function depthOf(name: string, groups: Outline['groups']): number {
  let depth = 1;
  let parent = groups.find((group) => group.name === name)?.parent;
  while (parent !== undefined && depth <= limits.groupDepthMax) {
    depth++;
    const above = parent;
    parent = groups.find((group) => group.name === above)?.parent;
  }
  return depth;
}

function duplicates(
  what: string,
  key: string,
  named: readonly { readonly name: string; readonly path: Path }[],
): Finding[] {
  const seen = new Set<string>();
  return named.flatMap(({ name, path }) => {
    const isDouble = seen.has(name);
    seen.add(name);
    if (!isDouble) return [];
    return [finding(path, `there is a ${what} with the ${key} "${name}" above already`)];
  });
}

function noSuch(what: string, name: string, names: readonly string[], path: Path): Finding {
  return finding(path, `this scenario has no ${what} "${name}"`, {
    hint: suggestion(name, names),
  });
}

function late(what: string, path: Path, atMs: number | undefined, stopAfterMs: number | undefined) {
  if (atMs === undefined || stopAfterMs === undefined || atMs < stopAfterMs) return [];
  const message = `${what} never happens: the run stops after ${formatDuration(stopAfterMs)}`;
  return [finding(path, message, { severity: 'warning' })];
}

function checkJobTimes({ jobs, stopAfterMs }: Outline): Finding[] {
  return jobs.flatMap(({ name, path, atMs }) =>
    late(`job ${name}`, [...path.slice(0, 2), 'at'], atMs, stopAfterMs),
  );
}

/** Each entry is one action: none and several are mistakes that the schema cannot name well. */
function checkActionCounts(value: unknown): Finding[] {
  const timeline = member(value, 'timeline');
  if (!Array.isArray(timeline)) return [];
  return timeline.flatMap((entry: unknown, index) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const actions = timelineActions.filter((action) => member(entry, action) !== undefined);
    const others = Object.keys(entry).filter((key) => key !== 'at' && !actions.includes(key));
    if (actions.length === 1 || (actions.length === 0 && others.length > 0)) return [];
    const has = actions.length === 0 ? 'no action' : `${actions.length} actions`;
    return [
      finding(['timeline', index], `this entry has ${has}; it takes exactly one`, {
        hint: `one of ${timelineActions.join(', ')}`,
      }),
    ];
  });
}

function checkTimelineEntry(entry: TimelineOutline, outline: Outline): Finding[] {
  const { path, atMs, action, settings } = entry;
  return [
    ...late(action, [...path.slice(0, 2), 'at'], atMs, outline.stopAfterMs),
    ...checkJobReference(entry, outline),
    ...checkGroupReference(entry, outline),
    ...(action === 'cancelExecution'
      ? checkThingNames(member(settings, 'things'), [...path, 'things'], outline)
      : []),
  ];
}

function checkJobReference({ path, atMs, settings }: TimelineOutline, { jobs }: Outline) {
  const jobId = textOf(member(settings, 'jobId'));
  if (jobId === undefined) return [];
  const job = jobs.find(({ name }) => name === jobId);
  if (job === undefined) {
    const names = jobs.map(({ name }) => name);
    return [noSuch('job', jobId, names, [...path, 'jobId'])];
  }
  if (job.atMs === undefined || atMs === undefined || atMs >= job.atMs) return [];
  const message = `job ${jobId} is created only at ${formatDuration(job.atMs)}`;
  return [finding([...path.slice(0, 2), 'at'], message, { severity: 'warning' })];
}

function checkGroupReference({ path, settings }: TimelineOutline, { groups }: Outline) {
  const group = textOf(member(settings, 'group'));
  const names = groups.map(({ name }) => name);
  return group === undefined || names.includes(group)
    ? []
    : [noSuch('group', group, names, [...path, 'group'])];
}

function checkThingNames(names: unknown, path: Path, outline: Outline): Finding[] {
  if (!Array.isArray(names)) return [];
  const known = thingNames(outline);
  return names.flatMap((name: unknown, index) =>
    typeof name !== 'string' || known(name)
      ? []
      : [finding([...path, index], `this scenario has no thing "${name}"`)],
  );
}

/** Tells whether a name is that of a thing which the fleet has at any time. */
export function thingNames(outline: Outline): (name: string) => boolean {
  const size = fleetSize(outline);
  return (name) => (thingIndexOf(outline.thingName, name) ?? size) < size;
}

/** Things of the fleet, late joiners included; as many as there may be while that is unreadable. */
function fleetSize({ things, timeline }: Outline): number {
  return (things ?? thingsMax) + addedThings(timeline);
}

function addedThings(timeline: readonly TimelineOutline[]): number {
  return timeline.reduce((sum, { action, settings }) => {
    const added = action === 'addThings' ? member(settings, 'count') : 0;
    return sum + (Number.isSafeInteger(added) ? Number(added) : 0);
  }, 0);
}

/** Follows joins and removals in order of time: nobody leaves who is not there, and the fleet is bounded. */
function checkMembership({ things, timeline }: Outline): Finding[] {
  const findings: Finding[] = [];
  let size = things ?? thingsMax;
  for (const { action, settings, path } of byTime(timeline)) {
    const amount = Number(member(settings, 'count'));
    if (action === 'addThings' && things !== undefined && Number.isSafeInteger(amount)) {
      size += amount;
      if (size > thingsMax) {
        const most = thingsMax.toLocaleString('en');
        findings.push(finding([...path, 'count'], `more than ${most} things in all`));
      }
    }
    const end = Number(member(settings, 'from')) + amount;
    if (action === 'removeThings' && end > size) {
      const message = `there are only things 0 to ${size - 1} at that time`;
      findings.push(finding([...path, 'count'], message));
    }
  }
  return findings;
}

/** In order of time, equal times in order of the file. */
function byTime(timeline: readonly TimelineOutline[]): TimelineOutline[] {
  return [...timeline].sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0));
}
