import type { ApiUsage } from '../cloud/api-budget.ts';
import type { MergedMetrics } from '../metrics/recorder.ts';
import type { Summary } from '../report/summary.ts';
import type { Leftovers } from './registrar.ts';

/** What a run on AWS is told beside its scenario. */
export interface CloudSettings {
  /** Leaves everything where it is, for `fleetrig cleanup` or another run. */
  readonly isKept: boolean;
  /** Run folder whose resources are used, and completed where some are missing. */
  readonly reuseFrom: string | undefined;
  /** Folder that the files named in the scenario are relative to. */
  readonly scenarioDir: string;
  /** The authority to trust, whatever the scenario says. */
  readonly caFile?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface CloudUse {
  readonly prefix: string;
  readonly usage: readonly ApiUsage[];
  /** What the fleet has counted. */
  readonly metrics: Pick<MergedMetrics, 'counter'>;
}

export function cloudFacts(
  { prefix, usage, metrics }: CloudUse,
  { removed, left, isKept }: Leftovers & { readonly isKept: boolean },
): NonNullable<Summary['cloud']> {
  const waited = (rate: string) => Math.round(metrics.counter(`throttledMs/${rate}`)) / 1000;
  return {
    prefix,
    things: {
      connectsWaitedSeconds: waited('connects'),
      readsWaitedSeconds: waited('reads'),
      writesWaitedSeconds: waited('writes'),
      givenUp: metrics.counter('throttled/unsent'),
    },
    apiCalls: usage.map(({ waitedMs, ...counts }) => ({
      ...counts,
      waitedSeconds: Math.round(waitedMs) / 1000,
    })),
    isKept,
    removed,
    left: [...left],
  };
}
