/**
 * Moves positions apart until each two are `gap` apart or more, as little as that takes, all within
 * `low` to `high`. In the order given; undefined for those there is no room for, the last ones first.
 */
export function spread(
  wanted: readonly number[],
  gap: number,
  low: number,
  high: number,
): (number | undefined)[] {
  const room = Math.max(0, Math.floor((high - low) / gap) + 1);
  const sorted = wanted
    .slice(0, room)
    .map((position, index) => ({ position, index }))
    .sort((a, b) => a.position - b.position || a.index - b.index);
  const placed: (number | undefined)[] = wanted.map(() => undefined);
  for (const group of gather(sorted, gap, low, high)) {
    for (const [offset, { index }] of group.members.entries()) {
      placed[index] = group.from + offset * gap;
    }
  }
  return placed;
}

interface Wanted {
  readonly position: number;
  readonly index: number;
}

/** Neighbours that must move, moved as one about the middle of where they wanted to be. */
interface Group {
  readonly members: readonly Wanted[];
  readonly from: number;
}

function gather(sorted: readonly Wanted[], gap: number, low: number, high: number): Group[] {
  const groups: Group[] = [];
  for (const one of sorted) {
    let group = settle([one], gap, low, high);
    let before = groups.at(-1);
    while (before !== undefined && before.from + before.members.length * gap > group.from) {
      groups.pop();
      group = settle([...before.members, ...group.members], gap, low, high);
      before = groups.at(-1);
    }
    groups.push(group);
  }
  return groups;
}

function settle(members: readonly Wanted[], gap: number, low: number, high: number): Group {
  const starts = members.map(({ position }, offset) => position - offset * gap);
  const mean = starts.reduce((sum, start) => sum + start, 0) / members.length;
  const last = high - (members.length - 1) * gap;
  return { members, from: Math.max(low, Math.min(mean, last)) };
}
