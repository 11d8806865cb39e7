/** Why a request got a rejection or no answer, for the one who waits for it. */
export interface Finding {
  readonly wire: 'mqtt' | 'http';
  /** Client id over MQTT, remote address over HTTP, as far as known. */
  readonly client: string | undefined;
  /** Topic, or method and path. */
  readonly request: string;
  /** What the client sees: `rejected InvalidJson`, `404`, `no answer`, `disconnected`. */
  readonly outcome: string;
  /** In plain words. */
  readonly why: string;
  /** What to do about it. */
  readonly next: string;
}

/**
 * Where findings go with `--explain`. Whoever may find something holds it as optional, and builds the
 * finding only when it is there: diagnosis costs nothing when it is off.
 */
export interface Diagnosis {
  explain(finding: Finding): void;
}
