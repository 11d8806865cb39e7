import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { AppError } from '../base/errors.ts';
import type { Batch } from '../device/population.ts';
import type { Profile } from '../device/profile.ts';
import { thingNamer } from '../protocol/names.ts';
import type { AwsTarget, Plan } from '../scenario/plan.ts';
import type { WireNames } from './wire-names.ts';

/** Things that come together, and the group they are put into; undefined where they are put into none. */
export interface PlannedBatch extends Pick<Batch, 'firstIndex' | 'count'> {
  readonly group: string | undefined;
}

interface PlannedIdentity {
  readonly per: 'thing' | 'cohort' | 'fleet';
  /** Where a private key and its certificate come from. */
  readonly from: 'create' | 'csr' | 'files';
  /** With `files`: the folder they are in, absolute. */
  readonly folder: string | undefined;
  /** Their names there, with `{name}`. */
  readonly files: { readonly certificate: string; readonly key: string };
  /** Of the certificates that several things share; none where each has its own. */
  readonly shared: readonly string[];
}

/**
 * What a run makes in an account, in wire names: groups, parents first; a policy; certificates; things;
 * attachments; memberships. Things are told by their index: no list of them is kept.
 */
export interface ResourcePlan {
  readonly runId: string;
  readonly prefix: string;
  readonly hasOwnThings: boolean;
  readonly hasOwnGroups: boolean;
  readonly groups: readonly { readonly name: string; readonly parent?: string }[];
  /** Groups that jobs are for, in wire names. */
  readonly targetGroups: readonly string[];
  /** That of the first batch, whoever made it. */
  readonly fleetGroup: string | undefined;
  /** The fleet at the start first, then what joins later. */
  readonly batches: readonly PlannedBatch[];
  readonly size: number;
  /** As the registry has it. */
  readonly wireThing: (index: number) => string;
  /** As the scenario has it. */
  readonly plainThing: (index: number) => string;
  /** Undefined where things connect without certificates. */
  readonly identity: PlannedIdentity | undefined;
  /** Undefined where no policy is made: the run makes no certificate either. */
  readonly policy: string | undefined;
  /** The pattern of all client ids. */
  readonly clientIds: string;
  readonly clients: ReadonlySet<Profile['client']>;
  /** Jobs that are created, and how many of them the timeline deletes. */
  readonly jobs: { readonly created: number; readonly deleted: number };
  readonly removals: readonly { readonly count: number; readonly group: string | undefined }[];
  readonly enablesEvents: boolean;
}

/**
 * `scenarioDir` is what the scenario's paths are relative to. Throws AppError `scenario` where the devices
 * could start a job that is none of the run.
 */
export function planResources(
  plan: Plan,
  target: AwsTarget,
  names: WireNames,
  runId: string,
  scenarioDir = '.',
): ResourcePlan {
  const { population } = plan;
  const nameOf = thingNamer(population.thingName);
  const hasOwnGroups = target.group === 'create';
  const identity = planIdentity(plan, target, scenarioDir);
  const batches = planBatches(plan, names, hasOwnGroups);
  const clientIds = names.thing(population.thingName.replace(/\{index(?::0?\d+)?\}/, '*'));
  const clients = new Set(population.cohorts.map(({ profile }) => profile.client));
  if (target.things === 'existing' && clients.has('start-next')) throw startsAnything();
  return {
    runId,
    prefix: names.prefix,
    hasOwnThings: target.things === 'create',
    hasOwnGroups,
    groups: plan.groups.map(({ name, parent }) => ({
      name: names.group(name),
      ...(parent === undefined ? {} : { parent: names.group(parent) }),
    })),
    targetGroups: targetGroupsOf(plan).map(names.group),
    fleetGroup: plan.fleetGroup === undefined ? undefined : names.group(plan.fleetGroup),
    batches,
    size: batches.reduce((sum, { count }) => sum + count, 0),
    wireThing: (index) => names.thing(nameOf(index)),
    plainThing: nameOf,
    identity,
    policy:
      identity === undefined || identity.from === 'files'
        ? undefined
        : `${names.prefix}devices-${digest([identity.per, clientIds, ...[...clients].sort()])}`,
    clientIds,
    clients,
    jobs: {
      created: plan.actions.filter(({ type }) => type === 'create-job').length,
      deleted: plan.actions.filter(({ type }) => type === 'delete-job').length,
    },
    removals: plan.actions.flatMap((action) =>
      action.type === 'remove-things'
        ? [
            {
              count: action.to - action.from,
              group: action.group === undefined ? undefined : names.group(action.group),
            },
          ]
        : [],
    ),
    enablesEvents: target.events === 'enable',
  };
}

function targetGroupsOf({ actions }: Plan): string[] {
  const targets = actions.flatMap((action) => (action.type === 'create-job' ? action.targets : []));
  return [...new Set(targets.flatMap((target) => (target.kind === 'group' ? [target.name] : [])))];
}

/** StartNextPendingJobExecution starts whatever waits first, and nobody can say which. */
function startsAnything(): AppError {
  return new AppError(
    'scenario',
    'client: start-next would start any job that waits for a thing, and on things: existing that may be a real one',
    { hint: 'use client: describe-next or pick in every profile, or things: create' },
  );
}

/** A policy's name tells what it allows: another scenario with the same resources gets one of its own. */
function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
}

function planIdentity(
  plan: Plan,
  { connect, identity }: AwsTarget,
  scenarioDir: string,
): PlannedIdentity | undefined {
  // WebSocket is signed with the account's credentials; a custom authorizer knows its own.
  if (connect !== 'mtls' && connect !== 'mtls-443') return undefined;
  const { per, from, dir, certificate, key } = identity;
  const cohorts = plan.population.cohorts.map(({ name }) => name);
  return {
    per,
    from,
    folder: dir === undefined ? undefined : resolve(scenarioDir, dir),
    files: { certificate, key },
    shared: per === 'thing' ? [] : per === 'cohort' ? cohorts : ['fleet'],
  };
}

/** A group that was there before keeps the members it has. */
function planBatches(plan: Plan, names: WireNames, hasOwnGroups: boolean): PlannedBatch[] {
  return plan.population.batches.map(({ firstIndex, count }, place) => {
    const joining = plan.actions.find(
      (action) => action.type === 'add-things' && action.firstIndex === firstIndex,
    );
    const plain =
      joining?.type === 'add-things' ? joining.group : place === 0 ? plan.fleetGroup : undefined;
    const group = plain === undefined || !hasOwnGroups ? undefined : names.group(plain);
    return { firstIndex, count, group };
  });
}
