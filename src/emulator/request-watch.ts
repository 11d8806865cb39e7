import type { Diagnosis } from './diagnosis.ts';
import type { Throttle } from './throttle.ts';

/** What may stand between a request and its answer; nothing by default. */
export interface RequestWatch {
  readonly throttle?: Throttle | undefined;
  readonly diagnosis?: Diagnosis | undefined;
}
