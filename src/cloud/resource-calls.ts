import type { ControlOperation } from '../protocol/quotas.ts';
import type { ResourcePlan } from './resource-plan.ts';

/** Calls to the control plane, by operation. */
export type CallCounts = Readonly<Record<string, number>>;

/** Things that ListThingsInThingGroup tells at once. */
export const membersPerPage = 250;

/** What a run of that plan asks of the control plane to make, to change and to remove its resources. */
export function callsOf(plan: ResourcePlan): {
  readonly provisioning: CallCounts;
  readonly cleanup: CallCounts;
} {
  return { provisioning: provisioningCalls(plan), cleanup: cleanupCalls(plan) };
}

function provisioningCalls(plan: ResourcePlan): CallCounts {
  const { groups, batches, hasOwnGroups, enablesEvents } = plan;
  const joining = batches.reduce((sum, { count, group }) => sum + (group ? count : 0), 0);
  const events = enablesEvents ? 1 : 0;
  return withoutZeros({
    [hasOwnGroups ? 'CreateThingGroup' : 'DescribeThingGroup']: groups.length,
    ...thingCalls(plan),
    ...certificateCalls(plan),
    AttachThingPrincipal: attachesThings(plan) ? plan.size : 0,
    AddThingToThingGroup: joining,
    DescribeEventConfigurations: events,
    UpdateEventConfigurations: events,
  });
}

function thingCalls(plan: ResourcePlan): Counts {
  const { batches, hasOwnThings, size } = plan;
  if (hasOwnThings) return { CreateThing: size };
  const listed = listsMembers(plan) ? (batches[0]?.count ?? 0) : 0;
  return {
    ListThingsInThingGroup: listedGroups(plan) * Math.ceil(size / membersPerPage),
    DescribeThing: size - listed,
  };
}

/** That of the fleet, and those that jobs are for, each proven to hold nothing else. */
function listedGroups(plan: ResourcePlan): number {
  const { fleetGroup, hasOwnGroups, targetGroups } = plan;
  const groups = new Set(hasOwnGroups ? [] : targetGroups);
  if (listsMembers(plan) && fleetGroup !== undefined) groups.add(fleetGroup);
  return groups.size;
}

function certificateCalls(plan: ResourcePlan): Counts {
  const certificates = certificatesOf(plan);
  if (plan.policy === undefined) return { DescribeCertificate: certificates };
  return {
    ListCertificates: 1,
    CreatePolicy: 1,
    CreateCertificateFromCsr: certificates,
    AttachPolicy: certificates,
  };
}

/** What the timeline removes is not removed again. */
function cleanupCalls(plan: ResourcePlan): CallCounts {
  const { groups, hasOwnGroups, hasOwnThings, jobs, removals, size, enablesEvents } = plan;
  const areMade = plan.policy !== undefined;
  const certificates = certificatesMade(plan);
  const takenOut = removals.reduce((sum, { count, group }) => sum + (group ? count : 0), 0);
  return withoutZeros({
    RemoveThingFromThingGroup: takenOut,
    DeleteJob: jobs.created,
    // Whether it is gone: one that the timeline deleted is known to be.
    DescribeJob: jobs.created - jobs.deleted,
    DetachThingPrincipal: attachesThings(plan) ? size : 0,
    DetachPolicy: certificates,
    UpdateCertificate: certificates,
    DeleteCertificate: certificates,
    DeletePolicy: areMade ? 1 : 0,
    DeleteThing: hasOwnThings ? size : 0,
    DeleteThingGroup: hasOwnGroups ? groups.length : 0,
    DescribeEventConfigurations: enablesEvents ? 1 : 0,
    UpdateEventConfigurations: enablesEvents ? 1 : 0,
  });
}

/** Where both were there before, a list of the group proves all its things at once. */
export function listsMembers(plan: ResourcePlan): boolean {
  return !plan.hasOwnThings && !plan.hasOwnGroups && plan.fleetGroup !== undefined;
}

/** Things that were there with certificates of theirs are as they should be. */
export function attachesThings({ identity, hasOwnThings }: ResourcePlan): boolean {
  return identity?.per === 'thing' && (identity.from !== 'files' || hasOwnThings);
}

/** Those that were there before are not among them. */
export function certificatesMade(plan: ResourcePlan): number {
  return plan.policy === undefined ? 0 : certificatesOf(plan);
}

function certificatesOf({ identity, size }: ResourcePlan): number {
  if (identity === undefined) return 0;
  return identity.per === 'thing' ? size : identity.shared.length;
}

type Counts = Readonly<Partial<Record<ControlOperation, number>>>;

function withoutZeros(counts: Counts): CallCounts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
