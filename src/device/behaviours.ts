/**
 * How a device can treat an execution, and what that does. The documentation's table is made from
 * this one; `work-plan.ts` turns each into steps.
 */
export const behaviours = {
  succeed: 'Starts, works, reports SUCCEEDED.',
  fail: 'Starts, works, reports FAILED with a reason.',
  reject: 'Reports REJECTED with a reason, without starting.',
  ignore: 'Never reacts: the execution stays QUEUED.',
  hang: 'Starts, then falls silent: the execution stays IN_PROGRESS.',
  'hang-in-download': 'Starts, reports download progress up to some percentage, then falls silent.',
  'hang-in-progress': 'Starts and keeps reporting IN_PROGRESS without ever ending.',
  overrun: 'Works past the in-progress timeout, reports SUCCEEDED too late and is refused.',
  'crash-and-resume':
    'Loses power mid-job, comes back, is handed the execution again, finishes with SUCCEEDED.',
  'crash-and-forget':
    'Loses power mid-job, comes back and takes no notice of the execution it had begun.',
  'stale-version':
    'Sends a wrong expectedVersion once, learns the right one from the rejection, finishes with SUCCEEDED.',
  'illegal-transition':
    'Asks once for a move the service refuses (to QUEUED, to CANCELED, or back from the final status), ends SUCCEEDED.',
  malformed: 'Sends bytes that are not JSON once, then does it right and ends SUCCEEDED.',
  'duplicate-update': 'Sends every update twice; the second is refused. Ends SUCCEEDED.',
  'lost-final-status':
    'Runs the new version but loses power before it can say so, and never reports it.',
  'success-then-rollback':
    'Reports SUCCEEDED, then reboots into the old version: reported is not true.',
  'false-failure': 'Runs the new version but reports FAILED.',
  'miss-step-timeout':
    'Sets a step timer of one minute, outlives it, reports SUCCEEDED too late and is refused.',
  'link-cut-mid-job':
    'Loses its network mid-job, reconnects with backoff, goes on and ends SUCCEEDED.',
} as const;

export type Behaviour = keyof typeof behaviours;

export const behaviourNames = Object.keys(behaviours) as Behaviour[];
