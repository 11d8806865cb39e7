import type { Millis } from '../base/clock.ts';
import { changeExecutions, dropRetry, enqueueExecution } from './changes.ts';
import { serviceChange } from './execution.ts';
import { completeIfDone, endRollout } from './lifecycle.ts';
import { ancestryOf } from './registry-queries.ts';
import { addWaiting, mayHaveExecution } from './release.ts';
import { noRetries } from './retry.ts';
import { settle } from './settle.ts';
import type { Thing } from './state.ts';
import { covers, isTargetGroup } from './targets.ts';
import type { GroupRecord, JobRecord, ThingRecord, World } from './world.ts';

/** Makes it a member; whether it may be one is for the caller to know. */
export function putInto(world: World, thing: ThingRecord, group: GroupRecord, now: Millis): void {
  group.things.set(thing.thingName, thing);
  thing.groupNames = [...thing.groupNames, group.groupName];
  thingJoined(world, thing, group.groupName, now);
}

export function takeOut(world: World, thing: ThingRecord, group: GroupRecord, now: Millis): void {
  group.things.delete(thing.thingName);
  thing.groupNames = thing.groupNames.filter((name) => name !== group.groupName);
  thingLeft(world, thing.thingName, now);
}

/** CONTINUOUS jobs take in a thing that joins a target group, outside the rate (reference §14.9). */
function thingJoined(world: World, thing: Thing, groupName: string, now: Millis): void {
  if (world.activeJobs.size === 0) return;
  const ancestry = ancestryOf(world, groupName);
  for (const job of world.activeJobs) {
    if (job.targetSelection === 'CONTINUOUS' && isTargetGroup(job, ancestry)) {
      takeIn(world, job, thing.thingName, now);
    }
  }
}

/** A thing is no longer in a group: jobs that do not reach it any other way withdraw. */
function thingLeft(world: World, thingName: string, now: Millis): void {
  const isLost = (job: JobRecord) =>
    (job.targetSelection === 'CONTINUOUS' || world.dialect.snapshotLeave === 'removed') &&
    !covers(world, job, thingName);
  withdrawPlanned(world, thingName, isLost, now);
  removePending(world, thingName, isLost, now);
}

/** Reference §1.3 REMOVED, register C7. */
export function thingDeleted(world: World, thingName: string, now: Millis): void {
  withdrawPlanned(world, thingName, () => true, now);
  if (world.dialect.deletedThing === 'removed') {
    removePending(world, thingName, () => true, now);
  }
}

function takeIn(world: World, job: JobRecord, thingName: string, now: Millis): void {
  const { rollout } = job;
  if (job.phase === 'over' || !mayHaveExecution(job, thingName)) return;
  if (job.phase === 'before') {
    addWaiting(world, job, [thingName]);
    return;
  }
  const wasWaiting = rollout.waiting.delete(thingName);
  if (!wasWaiting) rollout.targeted += 1;
  rollout.notified += 1;
  enqueueExecution(world, job, thingName, noRetries, now);
  if (wasWaiting && rollout.waiting.size === 0) endRollout(world, job, now);
}

/** Takes back a release and retries that have not happened yet. */
function withdrawPlanned(
  world: World,
  thingName: string,
  isLost: (job: JobRecord) => boolean,
  now: Millis,
): void {
  const touched = new Set<JobRecord>();
  for (const job of world.rollingJobs) {
    if (!job.rollout.waiting.has(thingName) || !isLost(job)) continue;
    job.rollout.waiting.delete(thingName);
    job.rollout.targeted -= 1;
    touched.add(job);
  }
  for (const { job } of world.worklists.get(thingName)?.executions ?? []) {
    if (!job.dueRetries.has(thingName) || !isLost(job)) continue;
    dropRetry(world, job, thingName);
    touched.add(job);
  }
  for (const job of touched) {
    if (job.rollout.waiting.size === 0) endRollout(world, job, now);
    completeIfDone(world, job, now);
  }
}

function removePending(
  world: World,
  thingName: string,
  isLost: (job: JobRecord) => boolean,
  now: Millis,
): void {
  const worklist = world.worklists.get(thingName);
  const lost = worklist?.pending.filter(({ job }) => isLost(job)) ?? [];
  if (worklist === undefined || lost.length === 0) return;
  const changes = new Map(
    lost.map((execution) => [execution, serviceChange(execution, 'REMOVED')]),
  );
  changeExecutions(world, worklist, changes, now);
  for (const execution of lost) settle(world, execution, now);
}
