import type { Batch, Cohort } from '../device/population.ts';
import { Profile } from '../device/profile.ts';
import { defaults, type Scenario } from './schema.ts';

/** Things that come together, and the group they join. */
export interface Arrival extends Batch {
  readonly group: string | undefined;
  /** The timeline's entry that brings them; undefined for the fleet at the start. */
  readonly entry: number | undefined;
}

/** In order of time; things that join get the indexes after all before them. */
export function planArrivals({ fleet, timeline }: Scenario): Arrival[] {
  const fleetGroup = fleetGroupName(fleet);
  let size = fleet.things;
  const start = { firstIndex: 0, count: size, startMs: 0, group: fleetGroup, entry: undefined };
  const joins = timeline
    .map(({ at, addThings }, entry) => ({ at, addThings, entry }))
    .sort((a, b) => a.at - b.at)
    .flatMap(({ at, addThings, entry }): Arrival[] => {
      if (addThings === undefined) return [];
      const { count, group = fleetGroup } = addThings;
      const firstIndex = size;
      size += count;
      return [{ firstIndex, count, startMs: at, group, entry }];
    });
  return [start, ...joins];
}

export function planCohorts({ cohorts, profile }: Scenario['fleet']): readonly Cohort[] {
  if (cohorts !== undefined) return cohorts;
  return [{ name: defaults.cohort, share: 1, profile: profile ?? Profile.parse({}) }];
}

export function fleetGroupName({ group }: Scenario['fleet']): string | undefined {
  return typeof group === 'object' ? group.name : group;
}

/** Every group of the scenario, the fleet's own first. */
export function allGroups({ fleet, groups }: Scenario): { name: string; parent?: string }[] {
  const own = typeof fleet.group === 'string' ? { name: fleet.group } : fleet.group;
  return (own === undefined ? groups : [own, ...groups]).map(({ name, parent }) =>
    parent === undefined ? { name } : { name, parent },
  );
}
