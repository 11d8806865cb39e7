import type { Millis } from '../base/clock.ts';

/** Looks take no more of what the account grants: others ask too, and so does whoever waits for the run. */
const usedShare = 0.5;
const wallLookMs = 1000;

/**
 * Wall milliseconds between two looks at one of so many jobs: a second, and whole seconds more where the
 * calls would be too many. `perSecond` is what the service grants; undefined where nothing limits it.
 */
export function lookPaceMs(jobs: number, perSecond: number | undefined): Millis {
  if (perSecond === undefined) return wallLookMs;
  return wallLookMs * Math.max(1, Math.ceil(jobs / (perSecond * usedShare)));
}

/** Clocks are not quite even: what is due within this time is due. */
const slackMs = 100;

/** Those to be looked at now: each once in its pace, the one that waited longest first. */
export function dueLooks<W extends { readonly lookedAt: Millis }>(
  watches: readonly W[],
  now: Millis,
  perSecond: number | undefined,
): W[] {
  if (perSecond === undefined) return [...watches];
  const paceMs = lookPaceMs(watches.length, perSecond);
  const perLook = Math.max(1, Math.floor(perSecond * usedShare));
  return watches
    .filter(({ lookedAt }) => now - lookedAt >= paceMs - slackMs)
    .sort((a, b) => a.lookedAt - b.lookedAt)
    .slice(0, perLook);
}
