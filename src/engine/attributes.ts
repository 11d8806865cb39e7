import type { AttributeChange } from './commands.ts';

type Attributes = Readonly<Record<string, string>>;

/** Attributes after UpdateThing or UpdateThingGroup; no change leaves them (reference §7.4). */
export function changedAttributes(
  current: Attributes,
  change: AttributeChange | undefined,
): Attributes {
  if (change === undefined) return current;
  const entries = [
    ...(change.merge ? Object.entries(current) : []),
    ...Object.entries(change.attributes),
  ];
  const latest = new Map(entries);
  return Object.fromEntries([...latest].filter(([, value]) => value !== ''));
}
