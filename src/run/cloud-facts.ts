import type { ApiUsage } from '../cloud/api-budget.ts';
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
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function cloudFacts(
  prefix: string,
  usage: readonly ApiUsage[],
  { removed, left, isKept }: Leftovers & { readonly isKept: boolean },
): NonNullable<Summary['cloud']> {
  return {
    prefix,
    apiCalls: usage.map(({ waitedMs, ...counts }) => ({
      ...counts,
      waitedSeconds: Math.round(waitedMs) / 1000,
    })),
    isKept,
    removed,
    left: [...left],
  };
}
