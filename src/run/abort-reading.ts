import { type Dialect, defaultDialect } from '../protocol/dialect.ts';
import type { AbortBasis } from '../report/abort-share.ts';

/** How the service counts for abort criteria. */
export interface AbortReading {
  /** What has to reach the minimum. */
  readonly gate: AbortBasis;
  /** What the share of failures is of. */
  readonly denominator: AbortBasis;
}

export function abortReadingOf({
  abortGate,
  abortDenominator,
}: Pick<Dialect, 'abortGate' | 'abortDenominator'>): AbortReading {
  return { gate: abortGate, denominator: abortDenominator };
}

/** Where nobody says how the service reads it. */
export const defaultAbortReading = abortReadingOf(defaultDialect);
