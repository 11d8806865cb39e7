import { operations } from './recorder.ts';

/** Base unit of a figure: what a lookup answers in, and what an `expect` literal is converted to. */
export type Unit = 'count' | 'ms' | 's' | '%' | '/min';

/** What may stand in the place of a `<placeholder>` in a figure's name. */
const statistics = ['p50', 'p90', 'p99', 'p999', 'max', 'mean'] as const;
const workStatistics = ['p50', 'p90', 'p99', 'max'] as const;

/** Words of the protocol and names of the scenario; this layer knows neither. */
export interface KnownNames {
  readonly job: readonly string[];
  readonly cohort: readonly string[];
  readonly executionStatus: readonly string[];
  /** Last words of a device; `NONE` for those that never said any. */
  readonly reportedStatus: readonly string[];
  readonly jobStatus: readonly string[];
  readonly failureType: readonly string[];
  readonly errorCode: readonly string[];
}

interface FigureBase {
  /** `jobs.<job>.status`: segments in angle brackets take any of the known names. */
  readonly pattern: string;
  readonly help: string;
  /**
   * PromQL that reads the same from what the run exports, in the figure's unit; absent where no series
   * tells it. Angle brackets as in the pattern, `<quantile>` for a percentile: 0.99 for `p99`.
   */
  readonly promql?: string;
}

/** One row of the catalogue: a number, a word or a claim that a finished run can be asked for. */
export type Figure = FigureBase &
  (
    | { readonly kind: 'number'; readonly unit: Unit }
    /** `words` are the only ones it can be; free text without. */
    | { readonly kind: 'word'; readonly words?: 'jobStatus' | 'failureType' }
    | { readonly kind: 'boolean' }
  );

const number = (pattern: string, unit: Unit, help: string, promql?: string): Figure => ({
  pattern,
  kind: 'number',
  unit,
  help,
  ...(promql === undefined ? {} : { promql }),
});

/** Of one job: how it went and, under `predicted.`, how it was to go. */
const jobFigures: readonly Figure[] = [
  {
    pattern: 'jobs.<job>.status',
    kind: 'word',
    words: 'jobStatus',
    help: 'As DescribeJob told last; NOT_CREATED or DELETED when there is none.',
  },
  number(
    'jobs.<job>.notified',
    'count',
    'Executions the rollout or a join created, no retries.',
    'fleetrig_rollout_notified_things_total{job_id="<job>"}',
  ),
  number(
    'jobs.<job>.executions.<executionStatus>',
    'count',
    'Executions in that status at the end, retries included, as DescribeJob counts.',
    'fleetrig_executions{job_id="<job>",status="<executionStatus>"}',
  ),
  number(
    'jobs.<job>.executions.total',
    'count',
    'Executions in any status, retries included.',
    'sum(fleetrig_executions{job_id="<job>"})',
  ),
  number('jobs.<job>.duration', 'ms', 'From creation to the end of the job.'),
  {
    pattern: 'jobs.<job>.abort.tripped',
    kind: 'boolean',
    help: 'Whether a criterion tripped.',
    promql: 'fleetrig_job_aborted{job_id="<job>"}',
  },
  {
    pattern: 'jobs.<job>.abort.failureType',
    kind: 'word',
    words: 'failureType',
    help: 'failureType of the criterion that tripped.',
  },
  number('jobs.<job>.abort.at', 'ms', 'When it tripped, from the start of the run.'),
  number('jobs.<job>.abort.executed', 'count', 'Completed executions when it tripped.'),
  number('jobs.<job>.abort.failed', 'count', 'Those of them that count for the criterion.'),
  number('jobs.<job>.abort.percentage', '%', 'failed of executed when it tripped.'),
];

/** Everything `expect` can name. Wall time where it says latency or wall, simulated time elsewhere. */
export const figures: readonly Figure[] = [
  ...jobFigures,
  {
    pattern: 'jobs.<job>.reasonCode',
    kind: 'word',
    help: 'Why it was cancelled; ABORT_CRITERIA_MET when its own criteria did it.',
  },
  number(
    'jobs.<job>.targeted',
    'count',
    'Things the job is for, released or not.',
    'fleetrig_rollout_targeted_things{job_id="<job>"}',
  ),
  number(
    'jobs.<job>.abort.notifiedAfterTrip',
    'count',
    'Things notified after the trip: the overshoot.',
  ),
  number('jobs.<job>.rollout.ratePerMinuteMax', '/min', 'Most things notified in any 60 s.'),
  number(
    'jobs.<job>.rollout.lastRatePerMinute',
    '/min',
    'The rate in force at the end.',
    '60 * fleetrig_rollout_configured_things_per_second{job_id="<job>"}',
  ),
  number(
    'jobs.<job>.rollout.steps',
    'count',
    'Rates the rollout went through, the first included.',
  ),
  number(
    'jobs.<job>.rollout.deviation',
    '%',
    'Most that things notified and things predicted to be ever differed by, of those targeted.',
  ),
  ...jobFigures.map(({ promql: _, ...figure }) => ({
    ...figure,
    pattern: `predicted.${figure.pattern}`,
    help: `Predicted: ${figure.help}`,
  })),
  number('cohorts.<cohort>.things', 'count', 'Things dealt to the cohort.'),
  number(
    'cohorts.<cohort>.executed',
    'count',
    'Executions its devices worked on.',
    'sum(fleetrig_execution_outcomes_total{cohort="<cohort>"})',
  ),
  number(
    'cohorts.<cohort>.reported.<reportedStatus>',
    'count',
    'Executions by the last status the device told; NONE where it never did.',
    'fleetrig_execution_outcomes_total{cohort="<cohort>",status="<reportedStatus>"}',
  ),
  number(
    'cohorts.<cohort>.updated',
    'count',
    'Executions after which the new version really runs.',
  ),
  number(
    'cohorts.<cohort>.misreported',
    'count',
    'Told SUCCEEDED without being updated, or FAILED although updated.',
  ),
  number('cohorts.<cohort>.unfinished', 'count', 'Executions unfinished when the run ended.'),
  number(
    'cohorts.<cohort>.workSeconds.<workStatistic>',
    's',
    'From first notice to the end.',
    'histogram_quantile(<quantile>, sum by (le) (fleetrig_execution_duration_seconds_bucket{cohort="<cohort>"}))',
  ),
  number(
    'latency.<operation>.<statistic>',
    'ms',
    'Wall time from when it was due.',
    '1000 * histogram_quantile(<quantile>, fleetrig_operation_duration_seconds_bucket{operation="<operation>"})',
  ),
  number(
    'latency.<operation>.fromSend.<statistic>',
    'ms',
    'Wall time from when it was sent.',
    '1000 * histogram_quantile(<quantile>, fleetrig_operation_service_duration_seconds_bucket{operation="<operation>"})',
  ),
  number(
    'operations.<operation>.count',
    'count',
    'Operations that were answered.',
    'fleetrig_operation_duration_seconds_count{operation="<operation>"}',
  ),
  number(
    'operations.<operation>.errors',
    'count',
    'Operations refused or lost.',
    'sum(fleetrig_operation_errors_total{operation="<operation>"})',
  ),
  number(
    'operations.<operation>.errors.<errorCode>',
    'count',
    'Those with that code.',
    'fleetrig_operation_errors_total{operation="<operation>",code="<errorCode>"}',
  ),
  number(
    'operations.<operation>.lost',
    'count',
    'Operations never answered.',
    'fleetrig_operation_errors_total{operation="<operation>",code="LOST"}',
  ),
  number('fleet.things', 'count', 'Things of the fleet, late joiners included.'),
  number('fleet.connectedMax', 'count', 'Most things connected at once.'),
  number(
    'fleet.reconnects',
    'count',
    'Connections made after the first one of a thing.',
    'fleetrig_reconnects_total',
  ),
  number('harness.scheduleDelay.p99', 'ms', 'How late devices got to act, wall time.'),
  number('harness.scheduleDelay.max', 'ms', 'The worst of it.'),
  number('harness.eventLoopDelay.p99', 'ms', 'Event-loop delay of the workers, wall time.'),
  number(
    'harness.eventLoopDelay.max',
    'ms',
    'The worst of it.',
    '1000 * max(fleetrig_worker_event_loop_delay_max_seconds)',
  ),
  {
    pattern: 'harness.trusted',
    kind: 'boolean',
    help: 'Whether the harness held its schedule, so that its figures mean something.',
  },
  number('invariants.broken', 'count', 'Invariants of the report that do not hold.'),
  number('run.duration', 'ms', 'Simulated length of the run.'),
  number('run.wallDuration', 'ms', 'Real length of the run.'),
];

export type FigureMatch =
  | { readonly ok: true; readonly figure: Figure }
  | {
      readonly ok: false;
      /** The segment nobody knows: where it begins in the name, and how long it is. */
      readonly offset: number;
      readonly length: number;
      /** Placeholder it stands for (`job`, `cohort`), if it stands for one alone. */
      readonly stands: string | undefined;
      readonly choices: readonly string[];
    };

/** Which row a name belongs to, or where it leaves the catalogue and what could stand there. */
export function findFigure(name: string, known: KnownNames): FigureMatch {
  const words = wordsOf(known);
  const segments = name.split('.');
  let rows = figures.map((figure) => ({ figure, parts: figure.pattern.split('.') }));
  let offset = 0;
  for (const [depth, segment] of segments.entries()) {
    const open = rows.filter(({ parts }) => parts.length > depth);
    rows = open.filter(({ parts }) => takes(parts[depth] ?? '', segment, words));
    if (rows.length === 0) {
      return {
        ok: false,
        offset,
        length: segment.length,
        ...choicesAt(
          open.map(({ parts }) => parts[depth] ?? ''),
          words,
        ),
      };
    }
    offset += segment.length + 1;
  }
  const exact = rows.find(({ parts }) => parts.length === segments.length);
  if (exact !== undefined) return { ok: true, figure: exact.figure };
  return {
    ok: false,
    offset: 0,
    length: name.length,
    ...choicesAt(
      rows.map(({ parts }) => parts[segments.length] ?? ''),
      words,
    ),
  };
}

type Words = Readonly<Record<string, readonly string[]>>;

function wordsOf(known: KnownNames): Words {
  return {
    ...known,
    operation: operations,
    statistic: statistics,
    workStatistic: workStatistics,
  };
}

function placeholderOf(part: string): string | undefined {
  return /^<(.+)>$/.exec(part)?.[1];
}

function takes(part: string, segment: string, words: Words): boolean {
  const placeholder = placeholderOf(part);
  return placeholder === undefined
    ? part === segment
    : (words[placeholder]?.includes(segment) ?? false);
}

function choicesAt(
  parts: readonly string[],
  words: Words,
): { readonly stands: string | undefined; readonly choices: readonly string[] } {
  const unique = [...new Set(parts)];
  const choices = unique.flatMap((part) => {
    const placeholder = placeholderOf(part);
    return placeholder === undefined ? [part] : (words[placeholder] ?? []);
  });
  return { stands: unique.length === 1 ? placeholderOf(unique[0] ?? '') : undefined, choices };
}
