import type { Random } from '../base/random.ts';
import { limits } from '../protocol/limits.ts';
import type { Qos } from './message.ts';
import type { Subscription } from './session.ts';
import type { Route } from './topic-tree.ts';

/** Sessions that take turns under one `$share/<group>/<filter>`. */
export class SharedGroup implements Route {
  readonly filter: string;
  readonly members: Subscription[] = [];

  constructor(filter: string) {
    this.filter = filter;
  }

  /**
   * A random connected member; with none, a random stored session if the message is worth storing
   * (reference §9.2).
   */
  choose(qos: Qos, random: Random): Subscription | undefined {
    const connected = this.members.filter(({ session }) => session.link !== undefined);
    const candidates = connected.length > 0 || qos === 0 ? connected : this.members;
    return candidates[random.int(candidates.length)];
  }
}

/** The shared groups of the account, by `<group>/<filter>`. */
export class SharedGroups {
  readonly #groups = new Map<string, SharedGroup>();

  /** Undefined when the account has all the groups, or the group all the members, it may have. */
  join(name: string, member: Subscription): { group: SharedGroup; isNew: boolean } | undefined {
    const key = `${name}/${member.filter}`;
    const known = this.#groups.get(key);
    if (known === undefined && this.#groups.size >= limits.sharedGroupsMax) return undefined;
    const group = known ?? new SharedGroup(member.filter);
    if (group.members.length >= limits.sharedSubscriptionsPerGroupMax) return undefined;
    group.members.push(member);
    this.#groups.set(key, group);
    return { group, isNew: known === undefined };
  }

  /** The group, if its last member left. */
  leave(name: string, member: Subscription): SharedGroup | undefined {
    const key = `${name}/${member.filter}`;
    const group = this.#groups.get(key);
    const index = group?.members.indexOf(member) ?? -1;
    if (group === undefined || index < 0) return undefined;
    group.members.splice(index, 1);
    if (group.members.length > 0) return undefined;
    this.#groups.delete(key);
    return group;
  }
}
