import { capped } from './metric-labels.ts';
import type { MetricTable, Sample } from './metric-table.ts';
import type { CriterionFacts, JobFacts, RunFacts } from './run-facts.ts';

/** Of the jobs of a run: how far each is, how fast it may go, and how near it is to aborting itself. */
export const jobMetrics = {
  fleetrig_executions: {
    kind: 'gauge',
    help: 'Job executions by status, retries included.',
    labels: ['job_id', 'status'],
    example: 'sum by (status) (fleetrig_executions)',
    samples: (facts) =>
      ofJobs(facts, ({ executions }) =>
        Object.entries(executions).map(([status, count]) => [[status], count]),
      ),
  },
  fleetrig_rollout_targeted_things: {
    kind: 'gauge',
    help: 'Things the job is for, released or not; where the target tells.',
    labels: ['job_id'],
    example: 'fleetrig_rollout_notified_things_total / fleetrig_rollout_targeted_things',
    samples: (facts) =>
      ofJobs(facts, ({ targeted }) => (targeted === undefined ? [] : [[[], targeted]])),
  },
  fleetrig_rollout_notified_things_total: {
    kind: 'counter',
    help: 'Things the rollout has notified; where the target tells.',
    labels: ['job_id'],
    example:
      '60 * rate(fleetrig_rollout_notified_things_total[30s]) / on() group_left rate(fleetrig_simulated_seconds_total[30s])',
    samples: (facts) =>
      ofJobs(facts, ({ notified }) => (notified === undefined ? [] : [[[], notified]])),
  },
  fleetrig_rollout_predicted_notified_things: {
    kind: 'gauge',
    help: 'Things the rollout was to have notified by now, where the run was predicted.',
    labels: ['job_id'],
    example: 'fleetrig_rollout_notified_things_total - fleetrig_rollout_predicted_notified_things',
    samples: (facts) =>
      ofJobs(facts, ({ predictedNotified }) =>
        predictedNotified === undefined ? [] : [[[], predictedNotified]],
      ),
  },
  fleetrig_rollout_configured_things_per_second: {
    kind: 'gauge',
    help: 'The rollout rate in force, of simulated time; AWS states it per minute.',
    labels: ['job_id'],
    example: '60 * fleetrig_rollout_configured_things_per_second',
    samples: (facts) =>
      ofJobs(facts, ({ ratePerMinute }) =>
        ratePerMinute === undefined ? [] : [[[], ratePerMinute / 60]],
      ),
  },
  fleetrig_rollout_step_timestamp_seconds: {
    kind: 'gauge',
    help: 'When each rollout rate came into force, since the Unix epoch.',
    labels: ['job_id', 'step'],
    example: 'max by (job_id) (fleetrig_rollout_step_timestamp_seconds)',
    samples: (facts) =>
      ofJobs(facts, ({ rateStepsAt }) =>
        capped('step', rateStepsAt).map((at, index) => [[String(index + 1)], at / 1000]),
      ),
  },
  fleetrig_abort_criterion_failed_ratio: {
    kind: 'gauge',
    help: 'Share of completed executions that count for the criterion, 0 to 1.',
    labels: ['job_id', 'criterion', 'failure_type'],
    example: 'fleetrig_abort_criterion_failed_ratio / fleetrig_abort_criterion_threshold_ratio',
    samples: (facts) =>
      ofCriteria(facts, ({ failed, executed }) => (executed === 0 ? 0 : failed / executed)),
  },
  fleetrig_abort_criterion_threshold_ratio: {
    kind: 'gauge',
    help: 'The share at which the job cancels itself, 0 to 1.',
    labels: ['job_id', 'criterion', 'failure_type'],
    example: '100 * fleetrig_abort_criterion_threshold_ratio',
    samples: (facts) => ofCriteria(facts, ({ thresholdPercentage }) => thresholdPercentage / 100),
  },
  fleetrig_abort_criterion_executed_things: {
    kind: 'gauge',
    help: 'Completed executions the criterion looks at.',
    labels: ['job_id', 'criterion', 'failure_type'],
    example:
      'fleetrig_abort_criterion_executed_things >= fleetrig_abort_criterion_min_executed_things',
    samples: (facts) => ofCriteria(facts, ({ executed }) => executed),
  },
  fleetrig_abort_criterion_min_executed_things: {
    kind: 'gauge',
    help: 'Completed executions from which on the criterion can trip.',
    labels: ['job_id', 'criterion', 'failure_type'],
    example: 'fleetrig_abort_criterion_min_executed_things',
    samples: (facts) =>
      ofCriteria(facts, ({ minNumberOfExecutedThings }) => minNumberOfExecutedThings),
  },
  fleetrig_job_aborted: {
    kind: 'gauge',
    help: '1 once the job was cancelled by one of its own abort criteria; where the target tells.',
    labels: ['job_id'],
    example: 'sum(fleetrig_job_aborted)',
    samples: (facts) =>
      ofJobs(facts, ({ criteria, hasAborted }) => {
        if (hasAborted === null) return [];
        const has = hasAborted ?? criteria.some(({ trippedAt }) => trippedAt !== undefined);
        return [[[], has ? 1 : 0]];
      }),
  },
  fleetrig_job_abort_timestamp_seconds: {
    kind: 'gauge',
    help: 'When the abort criterion tripped, since the Unix epoch; there once it did.',
    labels: ['job_id', 'criterion', 'failure_type'],
    example:
      'fleetrig_job_abort_timestamp_seconds - on() group_left fleetrig_run_start_timestamp_seconds',
    samples: (facts) =>
      ofCriteria(facts, ({ trippedAt }) =>
        trippedAt === undefined ? undefined : trippedAt / 1000,
      ),
  },
} as const satisfies MetricTable<RunFacts>;

function* ofJobs(
  { jobs }: RunFacts,
  samples: (job: JobFacts) => readonly Sample<number>[],
): Generator<Sample<number>> {
  for (const job of capped('job_id', jobs)) {
    for (const [labels, value] of samples(job)) yield [[job.jobId, ...labels], value];
  }
}

/** A job may have several criteria of one failure type, so each also has its number. */
function ofCriteria(
  facts: RunFacts,
  value: (criterion: CriterionFacts) => number | undefined,
): Iterable<Sample<number>> {
  return ofJobs(facts, ({ criteria }) =>
    capped('criterion', criteria).flatMap((criterion, index): Sample<number>[] => {
      const sample = value(criterion);
      return sample === undefined ? [] : [[[String(index + 1), criterion.failureType], sample]];
    }),
  );
}
