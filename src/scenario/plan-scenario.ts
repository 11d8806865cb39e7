import assert from 'node:assert/strict';
import { splitUpdateJob } from './job-request.ts';
import type { LoadedScenario } from './load.ts';
import { thingIndexOf } from './outline.ts';
import type { Plan, PlannedAction, Target } from './plan.ts';
import {
  type Arrival,
  allGroups,
  fleetGroupName,
  planArrivals,
  planCohorts,
} from './population.ts';
import type { Scenario, TimelineEntry } from './schema.ts';
import { defaultAwsSettings } from './target-schema.ts';

/** What happens when in a run of this scenario. */
export function planScenario(loaded: LoadedScenario): Plan {
  const { scenario } = loaded;
  const { fleet, harness } = scenario;
  const arrivals = planArrivals(scenario);
  return {
    name: scenario.name,
    seed: scenario.seed,
    target: planTarget(scenario.target),
    limits: scenario.limits,
    clockScale: scenario.clock.scale === 'max' ? 1 : scenario.clock.scale,
    isJumping: scenario.clock.scale === 'max',
    stopAfterMs: scenario.stop.after,
    settleMs: scenario.stop.settle,
    population: {
      seed: scenario.seed,
      thingName: fleet.thingName,
      cohorts: planCohorts(fleet),
      batches: arrivals.map(({ firstIndex, count, startMs }) => ({ firstIndex, count, startMs })),
    },
    groups: parentsFirst(allGroups(scenario)),
    fleetGroup: fleetGroupName(fleet),
    connect: fleet.connect,
    keepAliveSeconds: fleet.keepAlive / 1000,
    client: fleet.client,
    isTls: fleet.tls,
    workers: fleet.workers,
    dialect: scenario.emulator.dialect,
    actions: inOrderOfTime([...planJobs(loaded), ...planTimeline(loaded, arrivals)]),
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
  if (target === 'emulator') return { kind: 'emulator' };
  if (target === 'aws') return { kind: 'aws', ...defaultAwsSettings };
  if (target.aws !== undefined) return { kind: 'aws', ...target.aws };
  assert.ok(target.endpoint !== undefined, 'a target is one of these');
  return { kind: 'endpoint', ...target.endpoint };
}

type Group = Plan['groups'][number];

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

/** The timeline as actions; what joins is numbered already. */
function planTimeline(
  { scenario, positionOf }: LoadedScenario,
  arrivals: readonly Arrival[],
): PlannedAction[] {
  return scenario.timeline.map((entry, index) => {
    const moment = { atMs: entry.at, position: positionOf(['timeline', index]) };
    const arrival = arrivals.find((each) => each.entry === index);
    if (arrival === undefined) return { ...moment, ...planAction(entry, scenario.fleet) };
    const { firstIndex, count, group } = arrival;
    const joined = group === undefined ? {} : { group };
    return { ...moment, type: 'add-things', firstIndex, count, ...joined };
  });
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
