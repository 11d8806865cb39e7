import assert from 'node:assert/strict';
import type { Batch } from '../device/population.ts';
import { Profile } from '../device/profile.ts';
import { splitUpdateJob } from './job-request.ts';
import type { LoadedScenario } from './load.ts';
import { thingIndexOf } from './outline.ts';
import type { Plan, PlannedAction, Target } from './plan.ts';
import type { Path } from './problem.ts';
import { defaults, type Scenario, type TimelineEntry } from './schema.ts';

/** What happens when in a run of this scenario. */
export function planScenario(loaded: LoadedScenario): Plan {
  const { scenario } = loaded;
  const { fleet, harness } = scenario;
  const { actions, batches } = planTimeline(loaded);
  return {
    name: scenario.name,
    seed: scenario.seed,
    target: planTarget(scenario.target),
    clockScale: scenario.clock.scale,
    stopAfterMs: scenario.stop.after,
    settleMs: scenario.stop.settle,
    population: {
      seed: scenario.seed,
      thingName: fleet.thingName,
      cohorts: planCohorts(fleet),
      batches: [{ firstIndex: 0, count: fleet.things, startMs: 0 }, ...batches],
    },
    groups: parentsFirst(allGroups(scenario)),
    fleetGroup: fleetGroupName(fleet),
    connect: fleet.connect,
    keepAliveSeconds: fleet.keepAlive / 1000,
    workers: fleet.workers,
    dialect: scenario.emulator.dialect,
    actions: inOrderOfTime([...planJobs(loaded), ...actions]),
    expectations: loaded.expectations,
    predict: scenario.predict,
    harness: {
      scheduleDelayMsP99Max: harness.scheduleDelayP99Max,
      eventLoopDelayMsP99Max: harness.eventLoopDelayP99Max,
      roundTripMsP99Max: harness.roundTripP99Max,
    },
  };
}

function planTarget(target: Scenario['target']): Target {
  return target === 'emulator' ? { kind: 'emulator' } : { kind: 'endpoint', ...target.endpoint };
}

function planCohorts({ cohorts, profile }: Scenario['fleet']) {
  if (cohorts !== undefined) return cohorts;
  return [{ name: defaults.cohort, share: 1, profile: profile ?? Profile.parse({}) }];
}

type Group = Plan['groups'][number];

function allGroups({ fleet, groups }: Scenario): Group[] {
  const own = typeof fleet.group === 'string' ? { name: fleet.group } : fleet.group;
  return (own === undefined ? groups : [own, ...groups]).map(({ name, parent }) =>
    parent === undefined ? { name } : { name, parent },
  );
}

/** Every group behind its parent; loading has made sure that they form no circle. */
function parentsFirst(groups: readonly Group[]): Group[] {
  const placed: Group[] = [];
  const place = (group: Group): void => {
    if (placed.includes(group)) return;
    const parent = groups.find(({ name }) => name === group.parent);
    if (parent !== undefined) place(parent);
    placed.push(group);
  };
  for (const group of groups) place(group);
  return placed;
}

function fleetGroupName({ group }: Scenario['fleet']): string | undefined {
  return typeof group === 'object' ? group.name : group;
}

function planJobs({ scenario, jobs, positionOf }: LoadedScenario): PlannedAction[] {
  return scenario.jobs.map(({ at }, index) => {
    const job = jobs[index];
    assert.ok(job !== undefined, 'a scenario without errors has a request for every job');
    return {
      type: 'create-job',
      atMs: at,
      position: positionOf(['jobs', index, 'create']),
      request: job.request,
      targets: job.targets,
    };
  });
}

/** The timeline in order of time; things that join get the indexes after all before them. */
function planTimeline({ scenario, positionOf }: LoadedScenario): {
  readonly actions: readonly PlannedAction[];
  readonly batches: readonly Batch[];
} {
  const { fleet, timeline } = scenario;
  const batches: Batch[] = [];
  let size = fleet.things;
  const entries = timeline
    .map((entry, index) => ({ entry, path: ['timeline', index] as Path }))
    .sort((a, b) => a.entry.at - b.entry.at);
  const actions = entries.map(({ entry, path }): PlannedAction => {
    const moment = { atMs: entry.at, position: positionOf(path) };
    if (entry.addThings === undefined) return { ...moment, ...planAction(entry, fleet) };
    const { count, group = fleetGroupName(fleet) } = entry.addThings;
    const batch = { firstIndex: size, count };
    size += count;
    batches.push({ ...batch, startMs: entry.at });
    return { ...moment, type: 'add-things', ...batch, ...(group === undefined ? {} : { group }) };
  });
  return { actions, batches };
}

/** Loading has made sure that an entry is exactly one action. */
function planAction(entry: TimelineEntry, { thingName }: Scenario['fleet']) {
  if (entry.cancelJob !== undefined) {
    const { jobId, force, reasonCode, comment } = entry.cancelJob;
    return {
      type: 'cancel-job',
      jobId,
      force,
      ...(reasonCode === undefined ? {} : { reasonCode }),
      ...(comment === undefined ? {} : { comment }),
    } as const;
  }
  if (entry.cancelExecution !== undefined) {
    const { jobId, force, things } = entry.cancelExecution;
    const indexes = things.flatMap((name) => thingIndexOf(thingName, name) ?? []);
    return { type: 'cancel-execution', jobId, force, things: indexes } as const;
  }
  if (entry.deleteJob !== undefined) return { type: 'delete-job', ...entry.deleteJob } as const;
  if (entry.updateJob !== undefined) {
    return { type: 'update-job', ...splitUpdateJob(entry.updateJob) } as const;
  }
  if (entry.removeThings !== undefined) {
    const { from, count, group } = entry.removeThings;
    const range = { from, to: from + count };
    return { type: 'remove-things', ...range, ...(group === undefined ? {} : { group }) } as const;
  }
  assert.ok(entry.disconnect !== undefined, 'a timeline entry has an action');
  return {
    type: 'disconnect',
    share: entry.disconnect.share,
    forMs: entry.disconnect.for,
  } as const;
}

/** Equal times keep their order: jobs first, then the timeline as written. */
function inOrderOfTime(actions: readonly PlannedAction[]): PlannedAction[] {
  return [...actions].sort((a, b) => a.atMs - b.atMs);
}
