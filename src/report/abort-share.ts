/** Executions that have ended of themselves, or things notified: what the share of failures is of, or what must be so many before it counts. */
export type AbortBasis = 'completed' | 'notified';

/** How far a job is, as an abort criterion counts. */
export interface AbortCounts {
  /** Executions completed, retries counted. */
  readonly executed: number;
  readonly notified: number;
}

export function countBy(basis: AbortBasis, { executed, notified }: AbortCounts): number {
  return basis === 'completed' ? executed : notified;
}

/** `executed`, as AWS calls what has completed. */
export function tellBasis(basis: AbortBasis): 'executed' | 'notified' {
  return basis === 'completed' ? 'executed' : 'notified';
}

/** In percent; none before there is anything to fail. */
export function failurePercentage(
  failed: number,
  denominator: AbortBasis,
  counts: AbortCounts,
): number {
  const whole = countBy(denominator, counts);
  return whole === 0 ? 0 : (100 * failed) / whole;
}
