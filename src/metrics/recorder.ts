/** Timed operations of a device; at most 12, they are metric labels. */
export const operations = [
  'connect',
  'subscribe',
  'get',
  'describe',
  'start-next',
  'update',
  'notify',
  'execution',
] as const;
export type OperationName = (typeof operations)[number];

/**
 * What one recorder saw since the last snapshot. Histograms are HDR V2, compressed, base64, in whole
 * microseconds of wall time; keys are `<operation>/corrected` and `<operation>/fromSend`.
 */
export interface Snapshot {
  readonly histograms: Readonly<Record<string, string>>;
  /** Added up. Keys are catalogue names with label values: `requests/update/sent`. */
  readonly counters: Readonly<Record<string, number>>;
  /** The last value counts. */
  readonly gauges: Readonly<Record<string, number>>;
}
