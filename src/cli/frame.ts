import type { Millis } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { counted, formatCount } from '../report/wording.ts';
import type { OperationProgress, Progress } from '../run/progress.ts';
import { bar } from './bar.ts';
import { type FrameOptions, line, type Piece } from './frame-line.ts';
import { barColumns, isOver, jobLine, jobLines, labelColumns, labelled } from './job-lines.ts';

/** What stays the same from frame to frame. */
export interface Subject {
  readonly scenario: string;
  readonly target: string;
  readonly things: number;
  readonly workers: number;
  /** Simulated seconds per second; `max` where time jumps. */
  readonly scale: number | 'max';
}

export interface FrameState {
  readonly subject: Subject;
  /** Since the command began. */
  readonly wallMs: Millis;
  /** Since the run began; undefined before. */
  readonly simulatedMs: Millis | undefined;
  /** Undefined until the fleet is asked to connect. */
  readonly progress: Progress | undefined;
  /** Things a minute over the last looks, by job. */
  readonly observedPerMinute: ReadonlyMap<string, number>;
  readonly connectsPerSecond: number | undefined;
}

/** A run at one moment, for a terminal of a known size. Pure: the same state gives the same lines. */
export function frame(state: FrameState, options: FrameOptions): string[] {
  const { progress } = state;
  const title = titleLine(state, options);
  if (progress === undefined) return [title];
  const head = [title, ...connectLines(state, progress, options)];
  const foot = [
    ...latencyLines(progress, options),
    ...progress.warnings.map((warning) =>
      line([{ text: `! harness behind: ${warning}`, shade: 'warning' }], options),
    ),
  ];
  const room = Math.max(0, options.rows - head.length - foot.length);
  return [...head, ...jobsIn(room, state, progress, options), ...foot].slice(0, options.rows);
}

/** Of a prediction that repeats itself: how many simulations are done. */
export function simulationFrame(
  scenario: string,
  done: number,
  of: number,
  options: FrameOptions,
): string[] {
  const pieces = bar(
    [{ count: done, glyph: options.isUnicode ? '█' : '=', shade: 'running' }],
    of,
    barColumns(options),
    options.isUnicode ? '░' : '.',
  );
  const facts: Piece[] = [{ text: `${formatCount(done)}/${formatCount(of)} simulations` }];
  const title = line([{ text: scenario, shade: 'title' }], options);
  return [title, labelled('predict', pieces, facts, options)].slice(0, options.rows);
}

/** In full where they fit; otherwise those that are over, and then all of them, in a line each. */
function jobsIn(
  rows: number,
  { observedPerMinute }: FrameState,
  { jobs }: Progress,
  options: FrameOptions,
): string[] {
  const full = jobs.map((job) => jobLines(job, observedPerMinute.get(job.jobId), options));
  const short = jobs.map((job) => [jobLine(job, options)]);
  const mixed = jobs.map((job, index) => (isOver(job) ? short : full)[index] ?? []);
  const fitting = [jobs.length === 1 ? full : mixed, mixed, short]
    .map((lines) => lines.flat())
    .find((lines) => lines.length <= rows);
  if (fitting !== undefined) return fitting;
  const shown = Math.max(0, rows - 1);
  return [
    ...short.flat().slice(0, shown),
    line([{ text: `and ${jobs.length - shown} more jobs`, shade: 'faint' }], options),
  ];
}

function titleLine(state: FrameState, options: FrameOptions): string {
  const { subject, progress, simulatedMs, wallMs } = state;
  const { scale } = subject;
  const dot = options.isUnicode ? ' · ' : ' - ';
  const wall = formatDuration(wallMs);
  const times: Piece[] =
    simulatedMs === undefined || scale === 1
      ? [{ text: wall, rank: 1 }]
      : [
          { text: `${formatDuration(simulatedMs)} simulated`, rank: 1 },
          { text: `${wall} at scale ${scale}`, rank: 4 },
        ];
  const phase = progress === undefined ? 'starting' : progress.isConnecting ? 'connecting' : '';
  return line(
    [
      { text: subject.scenario, shade: 'title' },
      { text: subject.target, shade: 'faint', rank: 3 },
      { text: counted(subject.things, 'thing'), shade: 'faint', rank: 2 },
      {
        text: `${subject.workers} ${subject.workers === 1 ? 'worker' : 'workers'}`,
        shade: 'faint',
        rank: 5,
      },
      ...times,
      { text: phase, shade: 'running', rank: 2 },
    ],
    options,
    dot,
  );
}

/** While they connect, and when some of them have lost their connection. */
function connectLines(
  { subject, connectsPerSecond }: FrameState,
  { isConnecting, connected, connectFailures, ...progress }: Progress,
  options: FrameOptions,
): string[] {
  // While they connect, workers know only those that they have switched on.
  const things = isConnecting ? Math.max(subject.things, progress.things) : progress.things;
  if (!isConnecting && connected >= things) return [];
  const glyph = options.isUnicode ? '█' : '=';
  const facts: Piece[] = [
    { text: `${formatCount(connected)}/${formatCount(things)}` },
    {
      text:
        isConnecting && connectsPerSecond !== undefined
          ? `${formatCount(connectsPerSecond)}/s`
          : 'connected',
      rank: 1,
    },
    {
      text: connectFailures === 0 ? '' : `${formatCount(connectFailures)} failed`,
      shade: 'bad',
      rank: 2,
    },
  ];
  const pieces = bar(
    [{ count: connected, glyph, shade: 'running' }],
    things,
    barColumns(options),
    options.isUnicode ? '░' : '.',
  );
  return [labelled('connect', pieces, facts, options)];
}

/** Those that matter most to a rollout first. */
const latencyOrder = ['update', 'start-next', 'describe', 'get', 'connect', 'subscribe'];

function latencyLines({ operations }: Progress, options: FrameOptions): string[] {
  const told = latencyOrder.flatMap((name) => {
    const operation = operations.find((each) => each.name === name);
    return operation === undefined ? [] : [operation];
  });
  if (told.length === 0) return [];
  const pieces = told.map((operation, index) => ({
    text: tellLatency(operation),
    rank: index,
  }));
  const [first, ...others] = pieces;
  const label: Piece = { text: 'latency'.padEnd(labelColumns) + (first?.text ?? '') };
  return [line([label, ...others], options, '   ')];
}

function tellLatency({ name, p50Us, p99Us }: OperationProgress): string {
  return `${name} p50 ${formatDuration(p50Us / 1000)} p99 ${formatDuration(p99Us / 1000)}`;
}
