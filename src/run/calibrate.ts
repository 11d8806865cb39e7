import { isoTime, type Millis, wallNow } from '../base/clock.ts';
import type { Summary } from '../report/summary.ts';
import type { Plan } from '../scenario/plan.ts';
import { Referee } from '../sim/referee.ts';
import {
  type Answer,
  answerOf,
  type Decision,
  decide,
  decidedValue,
  type Predicted,
  type Question,
  readingsOf,
} from './calibration.ts';
import { exitCodes } from './exit-codes.ts';
import { type RunRequest, runPlan } from './run.ts';
import { runVirtually } from './virtual-run.ts';

/** A question, and the scenario that is to answer it. */
export interface Asked extends Pick<RunRequest, 'plan' | 'source' | 'resolvedYaml'> {
  readonly question: Question;
}

export interface CalibrationRequest
  extends Pick<RunRequest, 'version' | 'outDir' | 'cloud' | 'onInterruptible'> {
  /** The run folders are named after it and the question. */
  readonly runId: string;
  readonly asked: readonly Asked[];
  readonly onQuestion: (question: Question) => void;
}

/** All that a calibration goes by, so that others can check it. */
export interface Evidence {
  readonly v: 1;
  readonly tool: Summary['tool'];
  readonly startedAt: string;
  readonly endedAt: string;
  readonly decisions: readonly Decision[];
  /** What is decided, as a scenario takes it. */
  readonly dialect: Readonly<Record<string, string>>;
  readonly rollouts: readonly ExaminedRollout[];
}

interface ExaminedRollout extends Examined {
  /** Beside this file. */
  readonly runFolder: string;
  readonly seed: string;
  readonly scenario: Summary['scenario'];
  readonly environment: Summary['environment'];
  readonly cloud: Summary['cloud'];
  readonly job: Summary['jobs'][number] | undefined;
}

/** What a finished run of a question's scenario says, beside what every reading foretells. */
interface Examined {
  readonly answer: Answer;
  /** From CreateJob to the first thing notified, as seen; the predictions reckon with it. */
  readonly firstReleaseDelayMs: Millis;
}

/** The exit code of whoever broke it off, or the evidence. Throws AppError when a run cannot start. */
export async function calibrate(request: CalibrationRequest): Promise<Evidence | number> {
  const { asked, runId, version } = request;
  const startedAt = isoTime(wallNow());
  const rollouts: ExaminedRollout[] = [];
  for (const { question, ...scenario } of asked) {
    request.onQuestion(question);
    const runFolder = `${runId}-${question.name}`;
    const summary = await runPlan({ ...request, ...scenario, ...nothingMore, runId: runFolder });
    if (summary.run.verdict === 'interrupted') return summary.run.exitCode;
    rollouts.push({
      ...examine(question, scenario.plan, summary),
      runFolder,
      seed: summary.run.seed,
      scenario: summary.scenario,
      environment: summary.environment,
      cloud: summary.cloud,
      job: summary.jobs[0],
    });
  }
  const decisions = decide(rollouts.map(({ answer }) => answer));
  return {
    v: 1,
    tool: { name: 'fleetrig', version },
    startedAt,
    endedAt: isoTime(wallNow()),
    decisions,
    dialect: dialectOf(decisions),
    rollouts,
  };
}

const nothingMore = {
  metrics: {
    port: undefined,
    host: '',
    lingerMs: 0,
    remoteWrite: undefined,
    pushgateway: undefined,
  },
  hasThings: false,
  isRecorded: false,
  onEvent: () => undefined,
  onProgress: () => undefined,
} satisfies Partial<RunRequest>;

function dialectOf(decisions: readonly Decision[]): Record<string, string> {
  return Object.fromEntries(
    decisions.flatMap((decision) => {
      const value = decidedValue(decision);
      return value === undefined ? [] : [[decision.member, value]];
    }),
  );
}

function examine(question: Question, plan: Plan, summary: Summary): Examined {
  const [job] = summary.jobs;
  // At most thirty things: the curve has a point for each.
  const releases = job?.rollout.observed.map(([at]) => at) ?? [];
  const delay = 1000 * ((releases[0] ?? 0) - (job?.createdAt ?? 0));
  const firstReleaseDelayMs = Math.max(0, Math.round(delay));
  const predicted = predictQuestion(question, plan, firstReleaseDelayMs);
  const trouble = troubleOf(summary);
  const observed =
    trouble === undefined && job !== undefined
      ? question.figuresOf({ ...job, releases })
      : undefined;
  return { answer: answerOf(question, predicted, observed, trouble), firstReleaseDelayMs };
}

/** The scenario in virtual time under every reading, where the service takes so long to begin. */
export function predictQuestion(
  { members, figuresOf }: Question,
  plan: Plan,
  firstReleaseDelayMs: Millis,
): readonly Predicted[] {
  return readingsOf(members).map((reading) => {
    const dialect = { ...plan.dialect, ...reading, firstReleaseDelayMs } as Plan['dialect'];
    const [job] = runVirtually(plan, dialect, new Referee([])).jobs;
    const figures =
      job &&
      figuresOf({
        status: job.status,
        executions: job.observation.executions,
        releases: job.releases.map((at) => at / 1000),
      });
    return { reading, figures };
  });
}

/** A run that was broken off, or whose harness was late, shows nothing. */
function troubleOf({ run, harness }: Summary): string | undefined {
  if (run.exitCode === exitCodes.passed || run.exitCode === exitCodes.failed) return undefined;
  return run.error ?? harness.reasons[0] ?? `the run is ${run.verdict}`;
}
