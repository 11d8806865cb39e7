import type { Behaviour } from './behaviours.ts';

/**
 * What an execution comes to by the device's own doing, as long as no timer and no operator is first.
 * `late`: SUCCEEDED, but only once a timer has run out, if there is one. `silent`: it stays IN_PROGRESS;
 * `untouched`: it stays QUEUED. A step timer of the device's own is what makes `TIMED_OUT`.
 */
export type Ending =
  | 'SUCCEEDED'
  | 'FAILED'
  | 'REJECTED'
  | 'TIMED_OUT'
  | 'late'
  | 'silent'
  | 'untouched';

export const endings: Readonly<Record<Behaviour, Ending>> = {
  succeed: 'SUCCEEDED',
  fail: 'FAILED',
  reject: 'REJECTED',
  ignore: 'untouched',
  hang: 'silent',
  'hang-in-download': 'silent',
  'hang-in-progress': 'silent',
  overrun: 'late',
  'crash-and-resume': 'SUCCEEDED',
  'crash-and-forget': 'silent',
  'stale-version': 'SUCCEEDED',
  'illegal-transition': 'SUCCEEDED',
  malformed: 'SUCCEEDED',
  'duplicate-update': 'SUCCEEDED',
  'lost-final-status': 'silent',
  'success-then-rollback': 'SUCCEEDED',
  'false-failure': 'FAILED',
  'miss-step-timeout': 'TIMED_OUT',
  'link-cut-mid-job': 'SUCCEEDED',
};
