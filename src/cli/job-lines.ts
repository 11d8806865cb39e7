import { countBy, failurePercentage, tellBasis } from '../report/abort-share.ts';
import { formatCount, formatPercentage } from '../report/wording.ts';
import type { CriterionProgress, JobProgress } from '../run/progress.ts';
import { bar, type Segment } from './bar.ts';
import { type FrameOptions, line, type Piece } from './frame-line.ts';
import type { Shade } from './paint.ts';

/** Of every line that has a label. */
export const labelColumns = 10;

const gap = '  ';

interface State {
  readonly status: string;
  readonly label: string;
  readonly unicode: string;
  readonly ascii: string;
  readonly shade: Shade;
}

/** In the order of the bar; each differs from its neighbours by glyph as well as by colour. */
const states: readonly State[] = [
  { status: 'SUCCEEDED', label: 'ok', unicode: '█', ascii: '=', shade: 'good' },
  { status: 'FAILED', label: 'failed', unicode: '▓', ascii: 'x', shade: 'bad' },
  { status: 'TIMED_OUT', label: 'timed out', unicode: '▒', ascii: '!', shade: 'timedOut' },
  { status: 'REJECTED', label: 'rejected', unicode: '▚', ascii: '%', shade: 'rejected' },
  { status: 'CANCELED', label: 'canceled', unicode: '╳', ascii: '/', shade: 'faint' },
  { status: 'REMOVED', label: 'removed', unicode: '╌', ascii: '~', shade: 'faint' },
  { status: 'IN_PROGRESS', label: 'running', unicode: '▬', ascii: '>', shade: 'running' },
  { status: 'QUEUED', label: 'queued', unicode: '·', ascii: '-', shade: 'plain' },
];

/** A job that goes on or is the only one: its rollout by state, its rate, how near it is to an abort. */
export function jobLines(
  job: JobProgress,
  observedPerMinute: number | undefined,
  options: FrameOptions,
): string[] {
  return [
    line(
      [
        { text: job.jobId, shade: 'title' },
        { text: job.status, shade: statusShade(job) },
      ],
      options,
      ' ',
    ),
    labelled('rollout', rolloutBar(job, options), rolloutFacts(job, observedPerMinute), options),
    indented(tally(job, options), options),
    ...job.criteria.map((criterion) => abortLine(criterion, job, options)),
  ];
}

/** The same in one line, for a job that is over or where there are many. */
export function jobLine(job: JobProgress, options: FrameOptions): string {
  return line(
    [
      { text: job.jobId, shade: 'title' },
      { text: job.status, shade: statusShade(job) },
      ...tally(job, options).map((piece, index) => ({ ...piece, rank: 1 + index })),
    ],
    options,
    gap,
  );
}

export function isOver({ status }: JobProgress): boolean {
  return status === 'COMPLETED' || status === 'CANCELED' || status === 'DELETED';
}

/** A bar with its label before it and what it says behind it. */
export function labelled(
  label: string,
  pieces: readonly Piece[],
  facts: readonly Piece[],
  options: FrameOptions,
): string {
  const headColumns = Math.min(options.columns, labelColumns + barColumns(options));
  const head = line([{ text: label.padEnd(labelColumns) }, ...pieces], {
    ...options,
    columns: headColumns,
  });
  const room = options.columns - headColumns - gap.length;
  return room <= 0 ? head : `${head}${gap}${line(facts, { ...options, columns: room }, gap)}`;
}

/** Under the bars. */
function indented(pieces: readonly Piece[], options: FrameOptions): string {
  const indent = Math.min(labelColumns, options.columns);
  return ' '.repeat(indent) + line(pieces, { ...options, columns: options.columns - indent }, gap);
}

/** Bars give way to what is said beside them. */
export function barColumns({ columns }: FrameOptions): number {
  return Math.max(8, Math.min(40, Math.round((columns - 40) / 2)));
}

function statusShade(job: JobProgress): Shade {
  if (job.status === 'CANCELED') return 'warning';
  return isOver(job) ? 'good' : 'running';
}

function glyphOf({ unicode, ascii }: State, { isUnicode }: FrameOptions): string {
  return isUnicode ? unicode : ascii;
}

function rolloutBar(job: JobProgress, options: FrameOptions): Piece[] {
  const segments: Segment[] = states.map((state) => ({
    count: job.executions[state.status] ?? 0,
    glyph: glyphOf(state, options),
    shade: state.shade,
  }));
  return bar(segments, job.targeted ?? 0, barColumns(options), options.isUnicode ? '░' : '.');
}

function rolloutFacts(job: JobProgress, observedPerMinute: number | undefined): Piece[] {
  const { notified, targeted, ratePerMinute } = job;
  const reached =
    targeted === undefined
      ? `${formatCount(notified)} notified`
      : `${formatCount(notified)}/${formatCount(targeted)}`;
  const isReleasing = !isOver(job) && (targeted === undefined || notified < targeted);
  if (!isReleasing || observedPerMinute === undefined) return [{ text: reached }];
  const set = ratePerMinute === undefined ? '' : `, set ${formatCount(ratePerMinute)}`;
  return [{ text: reached }, { text: `${formatCount(observedPerMinute)}/min${set}`, rank: 1 }];
}

/** Behind their glyphs, so that the line is the key to the bar. What is zero is left out. */
function tally(job: JobProgress, options: FrameOptions): Piece[] {
  const present = states.filter(({ status }) => (job.executions[status] ?? 0) > 0);
  if (present.length === 0) return [{ text: 'nothing notified yet', shade: 'faint' }];
  return present.map((state, index) => ({
    text: `${glyphOf(state, options)} ${formatCount(job.executions[state.status] ?? 0)} ${state.label}`,
    shade: state.shade,
    rank: index === 0 ? 0 : 1,
  }));
}

function abortLine(criterion: CriterionProgress, job: JobProgress, options: FrameOptions): string {
  const { failureType, thresholdPercentage } = criterion;
  const percentage = percentageOf(criterion);
  const [shade, word] = standingOf(criterion, isOver(job));
  const segment: Segment = {
    count: Math.min(percentage, thresholdPercentage),
    glyph: options.isUnicode ? '█' : '=',
    shade,
  };
  return labelled(
    'abort',
    bar([segment], thresholdPercentage, barColumns(options), options.isUnicode ? '░' : '.'),
    [
      {
        text: `${failureType} ${formatPercentage(percentage, thresholdPercentage)} of ${formatPercentage(thresholdPercentage)}`,
        rank: criterion.tripped ? 1 : 0,
      },
      { text: tellGate(criterion), rank: 2 },
      { text: word, shade, rank: criterion.tripped ? 0 : 1 },
    ],
    options,
  );
}

function percentageOf(criterion: CriterionProgress): number {
  return failurePercentage(criterion.failed, criterion.denominator, criterion);
}

function tellGate(criterion: CriterionProgress): string {
  const { gate, minNumberOfExecutedThings: minimum } = criterion;
  const count = countBy(gate, criterion);
  return count < minimum
    ? `${formatCount(count)}/${formatCount(minimum)} ${tellBasis(gate)}`
    : `${formatCount(count)} ${tellBasis(gate)}`;
}

/** Below its minimum a criterion cannot trip, however many fail. */
function standingOf(criterion: CriterionProgress, jobIsOver: boolean): readonly [Shade, string] {
  const { tripped, gate, minNumberOfExecutedThings, thresholdPercentage } = criterion;
  if (tripped) return ['bad', 'TRIPPED'];
  if (jobIsOver) return ['faint', 'did not trip'];
  if (countBy(gate, criterion) < minNumberOfExecutedThings) return ['faint', 'not armed'];
  const isNear = percentageOf(criterion) >= 0.75 * thresholdPercentage;
  return [isNear ? 'warning' : 'good', 'armed'];
}
