import type { EngineView } from '../engine/state.ts';

/** Entries of each kind that are shown. */
const shownMax = 100;

/** What the service holds: counts of everything, and the first of each kind. Neither keys nor documents. */
export function dumpState(view: EngineView): object {
  const { things, groups, jobs, templates, events, identity } = view;
  const { certificates, policies, principals, policyTargets } = identity;
  return {
    counts: {
      things: things.size,
      groups: groups.size,
      jobs: jobs.size,
      templates: templates.size,
      certificates: certificates.size,
      policies: policies.size,
      thingPrincipals: total(principals),
      policyTargets: total(policyTargets),
    },
    things: things
      .sorted()
      .slice(0, shownMax)
      .map(({ thingName, version }) => ({ thingName, version })),
    groups: groups
      .sorted()
      .slice(0, shownMax)
      .map(({ groupName, parentGroupName, things: members }) => ({
        groupName,
        parentGroupName,
        things: members.size,
      })),
    jobs: jobs
      .sorted()
      .slice(0, shownMax)
      .map(({ jobId, status, counts, rollout }) => ({
        jobId,
        status,
        executions: counts,
        waiting: rollout.waiting,
      })),
    templates: templates
      .sorted()
      .slice(0, shownMax)
      .map(({ templateId }) => ({ templateId })),
    certificates: certificates
      .sorted()
      .slice(0, shownMax)
      .map(({ certificateId, status, thingNames }) => ({
        certificateId,
        status,
        things: thingNames.size,
      })),
    policies: policies
      .sorted()
      .slice(0, shownMax)
      .map(({ policyName, targets }) => ({ policyName, targets: targets.size })),
    thingPrincipals: pairs(principals).map(([thingName, certificateId]) => ({
      thingName,
      certificateId,
    })),
    policyTargets: pairs(policyTargets).map(([target, policyName]) => ({ target, policyName })),
    events: events.enabled,
  };
}

function total(sets: ReadonlyMap<string, ReadonlySet<string>>): number {
  let size = 0;
  for (const set of sets.values()) size += set.size;
  return size;
}

function pairs(sets: ReadonlyMap<string, ReadonlySet<string>>): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  for (const [key, set] of sets) {
    for (const item of set) {
      if (found.length === shownMax) return found;
      found.push([key, item]);
    }
  }
  return found;
}
