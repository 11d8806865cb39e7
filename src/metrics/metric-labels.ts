/**
 * What labels may stand for, and how many values of each there are at most. A thing's name, a client
 * id, a topic or an error's text is never one, so the number of series does not grow with the fleet.
 */
export const metricLabels = {
  assertion: { max: 100, help: 'An `expect` line: `expect-1` is the first.' },
  code: { max: 14, help: 'Why an operation was refused; `LOST`, or `other` beyond the first 12.' },
  cohort: { max: 21, help: 'A cohort of the scenario; those beyond the first 20 are `other`.' },
  criterion: { max: 4, help: 'An abort criterion of the job: `1` is the first of its list.' },
  direction: { max: 2, help: '`sent` or `received`.' },
  failure_type: { max: 4, help: 'What an abort criterion counts.' },
  job_id: { max: 10, help: 'A job of the scenario, the first 10 that were created.' },
  kind: { max: 12, help: 'Kind of an event.' },
  limit: { max: 8, help: 'The quota that was used up.' },
  node: { max: 1, help: 'Version of Node.' },
  operation: { max: 60, help: 'What was asked for.' },
  outcome: { max: 5, help: 'How it ended.' },
  reason: { max: 12, help: 'Why the broker let a message fall.' },
  run_id: { max: 1, help: 'Name of the run folder.' },
  scenario: { max: 1, help: 'Name of the scenario.' },
  state: { max: 3, help: '`connected`, `connecting` or `offline`.' },
  status: { max: 9, help: 'As AWS names it; of a device that told none, `NONE`.' },
  step: { max: 20, help: 'A rate of the rollout: `1` is the first.' },
  target: { max: 1, help: 'What the run was against.' },
  type: { max: 15, help: 'MQTT control packet.' },
  verdict: { max: 5, help: '`passed`, `failed`, `inconclusive`, `interrupted` or `error`.' },
  version: { max: 1, help: 'Version of fleetrig.' },
  worker: { max: 64, help: 'A worker thread, the first 64: `agent-0/worker-1`.' },
} as const satisfies Record<string, { readonly max: number; readonly help: string }>;

export type LabelName = keyof typeof metricLabels;

/** For every run and every fleet, all label values at their most. */
export const seriesBudget = 4000;

/** Stands for every value beyond those that get a series of their own. */
export const otherValue = 'other';

/** As many of the values as the label takes. */
export function capped<T>(label: LabelName, values: readonly T[]): readonly T[] {
  return values.slice(0, metricLabels[label].max);
}
