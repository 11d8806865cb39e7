import { join } from 'node:path';
import { type Millis, wallNow } from '../base/clock.ts';
import { populationSize } from '../device/population.ts';
import { operations } from '../metrics/recorder.ts';
import { isCountedInPrediction } from '../report/figures.ts';
import { createRunFolder, diskFolder, pointToLatest } from '../report/folder.ts';
import { percentilesOf } from '../report/percentiles.ts';
import type { Prediction } from '../report/prediction.ts';
import type { OperationSummary, Summary } from '../report/summary.ts';
import { writeReport } from '../report/write-report.ts';
import type { Plan } from '../scenario/plan.ts';
import type { SimulatedJob } from '../sim/jobs.ts';
import type { PerSecond } from '../sim/load.ts';
import { abortReadingOf } from './abort-reading.ts';
import type { RunEvent } from './collector.ts';
import { Halt } from './halt.ts';
import { agreementInvariant, errorsOf, jobInvariants, requestInvariant } from './invariants.ts';
import { summarizeJob } from './job-summary.ts';
import type { JobLook, ObservedJob } from './job-watch.ts';
import { estimateUncertainty } from './monte-carlo.ts';
import { latencyOverTime } from './over-time.ts';
import { predict } from './predict.ts';
import {
  judgeSummary,
  machineFacts,
  type ScenarioSource,
  summaryFrame,
  timelineOf,
  timeseriesColumns,
} from './summary-frame.ts';
import { runSweep } from './sweep.ts';
import type { SweepRequest } from './sweep-grid.ts';
import type { Ending } from './verdict.ts';
import type { VirtualRun } from './virtual-run.ts';

export interface PredictRequest {
  readonly plan: Plan;
  readonly source: ScenarioSource;
  /** The scenario with defaults and overrides in place, as it goes into the run folder. */
  readonly resolvedYaml: string;
  readonly version: string;
  readonly runId: string;
  /** Parent of all run folders. */
  readonly outDir: string;
  readonly onEvent: (event: RunEvent, zeroAt: Millis) => void;
  /** Of the simulations that more than one seed takes, so many are done. */
  readonly onSimulated: (done: number, of: number) => void;
  /**
   * Hands out what ends those simulations early, with a report of what is known. The first one, in one
   * piece, hears no signal: the system ends it.
   */
  readonly onInterruptible: (interrupt: (exitCode: 130 | 143) => void) => void;
  /** How many to tell the uncertainty from; none without them. */
  readonly seeds?: number | undefined;
  readonly sweep?: SweepRequest | undefined;
}

/** Carries a plan out in virtual time, under every reading of AWS, and writes its report. */
export async function predictPlan(request: PredictRequest): Promise<Summary> {
  const { plan, outDir, runId, resolvedYaml } = request;
  await createRunFolder(join(outDir, runId));
  const startedAt = wallNow();
  const { own, prediction } = predict(plan, request.onEvent);
  const { ending, more } = await lookFurther(request, own.ending);
  const summary = summarizeVirtual({
    ...request,
    startedAt,
    run: { ...own, ending },
    prediction: { ...prediction, ...more },
  });
  await writeReport(diskFolder(join(outDir, runId)), {
    summary,
    intervals: [],
    scenarioYaml: resolvedYaml,
  });
  await pointToLatest(outDir, runId);
  return summary;
}

interface FurtherLook {
  readonly ending: Ending;
  readonly more: Pick<Prediction, 'uncertainty' | 'sweep'>;
}

/** What takes more than one seed, as far as it was asked for and nobody interrupted it. */
async function lookFurther(request: PredictRequest, ending: Ending): Promise<FurtherLook> {
  const { plan, seeds, sweep, onSimulated } = request;
  if (ending.kind !== 'finished' || (seeds === undefined && sweep === undefined)) {
    return { ending, more: {} };
  }
  const halt = new Halt();
  const abort = new AbortController();
  request.onInterruptible((exitCode) => {
    halt.end({ kind: 'interrupted', exitCode });
    abort.abort();
  });
  const { workers } = plan;
  let more: FurtherLook['more'] = {};
  try {
    if (seeds !== undefined) {
      const uncertainty = estimateUncertainty(plan, seeds, workers, onSimulated, abort.signal);
      more = { ...more, uncertainty: await uncertainty };
    }
    if (sweep !== undefined) {
      more = { ...more, sweep: await runSweep(sweep, workers, onSimulated, abort.signal) };
    }
  } catch (error) {
    if (halt.ending === undefined) throw error;
  }
  return { ending: halt.ending ?? ending, more };
}

interface VirtualFacts extends Pick<PredictRequest, 'plan' | 'source' | 'version' | 'runId'> {
  readonly startedAt: Millis;
  readonly run: VirtualRun;
  readonly prediction: Summary['prediction'];
}

function summarizeVirtual(facts: VirtualFacts): Summary {
  const { plan, run, prediction } = facts;
  const { collector, zeroAt, ending, simulation } = run;
  const { traffic } = simulation;
  const counters = traffic.counters();
  collector.metrics.add('simulation', { histograms: {}, counters, gauges: {} });
  const jobs = run.jobs.map((job) => ({
    job,
    observed: observedOf(job, plan, run.looks.get(job.jobId)),
  }));
  const isClosed = !plan.actions.some(
    ({ type }) => type === 'remove-things' || type === 'delete-job',
  );
  const invariants = [
    ...jobs.flatMap(({ job, observed }) =>
      jobInvariants(
        observed,
        { byStatus: job.listed, executions: sum(job.listed), things: job.thingsListed },
        isClosed,
      ),
    ),
    requestInvariant(collector),
    agreementInvariant(run.words),
  ];
  const reasons = invariants
    .filter(({ holds }) => !holds)
    .map(({ name, detail }) => `the figures do not add up: ${name} (${detail})`);
  const draft: Summary = {
    ...summaryFrame({ ...facts, ending, zeroAt, endedAt: wallNow(), simulatedEndAt: run.endAt }),
    environment: {
      ...machineFacts(),
      target: 'simulation',
      workers: 1,
      agents: 0,
      clockScale: plan.isJumping ? 'max' : plan.clockScale,
    },
    fleet: {
      things: populationSize(plan.population),
      connectedMax: highest(traffic.load.connected),
      reconnects: traffic.reconnects,
      cohorts: [...run.cohorts],
    },
    jobs: jobs.map(({ job, observed }) => summarizeJob(observed, job.releases, zeroAt)),
    operations: operations.flatMap((name) => operationOf(run, name)),
    assertions: [],
    invariants,
    timeseries: {
      stepSeconds: run.rowStepMs / 1000,
      columns: [...timeseriesColumns],
      rows: rowsOf(run),
    },
    errorsOverTime: { columns: ['t'], rows: [] },
    events: timelineOf(collector.events, zeroAt),
    slowest: run.slowest,
    prediction,
    // In virtual time nothing is late.
    harness: {
      scheduleDelayMs: { p99: 0, max: 0 },
      eventLoopDelayMs: { p99: 0, max: 0 },
      eventLoopUtilization: { max: 0 },
      workers: [],
      cpuSeconds: { agents: 0 },
      rssBytes: { agents: 0 },
      trusted: reasons.length === 0,
      reasons,
    },
  };
  return judgeSummary(draft, plan, ending);
}

/** A simulated job as if it had been watched. */
export function observedOf(
  job: SimulatedJob,
  { actions, dialect }: Plan,
  looks: readonly JobLook[] = [],
): ObservedJob {
  const { jobId, observation, createdAt, jobArn, reasonCode, comment } = job;
  const created = actions.find(
    (action) => action.type === 'create-job' && action.request.jobId === jobId,
  );
  return {
    jobId,
    request: created?.type === 'create-job' ? { ...created.request } : {},
    status: job.status,
    isKnown: true,
    executions: observation.executions,
    observation,
    jobArn,
    reasonCode,
    comment,
    createdAt,
    endedAt: observation.completedAt ?? observation.trip?.at ?? job.overSince,
    abortCriteria: job.abortCriteria,
    abortReading: abortReadingOf(dialect),
    looks,
  };
}

/** Only counts: how long it takes on a wire, a wire must tell. */
function operationOf(
  { collector, endAt, zeroAt }: VirtualRun,
  name: (typeof operations)[number],
): OperationSummary[] {
  const { metrics } = collector;
  if (!isCountedInPrediction(name)) return [];
  const count =
    name === 'connect'
      ? metrics.counter('connects/ok')
      : metrics.counter(`requests/${name}/accepted`) + metrics.counter(`requests/${name}/rejected`);
  const errors = errorsOf(collector, name);
  if (count === 0 && Object.keys(errors).length === 0) return [];
  const none = percentilesOf(undefined);
  return [
    {
      name,
      count,
      errors,
      unit: 'us',
      corrected: none,
      fromSend: none,
      hdrBase64: metrics.encode(name, 'corrected'),
      fromSendHdrBase64: metrics.encode(name, 'fromSend'),
      overTime: latencyOverTime([], { zeroAt, stepMs: 1000, endAt }),
    },
  ];
}

/** The rows with what went over the wire by then. */
function rowsOf({ collector, simulation, zeroAt }: VirtualRun): number[][] {
  const { load } = simulation.traffic;
  const requests = (['update', 'describe', 'get', 'start-next'] as const).map((kind) =>
    reader(load.of(kind), zeroAt),
  );
  const connected = reader(load.connected, zeroAt);
  const refusals = reader(load.of('refusal'), zeroAt);
  return collector.rows.map((row) => {
    const [t = 0] = row;
    const filled = [...row];
    filled[timeseriesColumns.indexOf('connected')] = connected(t);
    filled[timeseriesColumns.indexOf('requests')] = requests.reduce(
      (all, read) => all + read(t),
      0,
    );
    filled[timeseriesColumns.indexOf('refusals')] = refusals(t);
    return filled;
  });
}

/** What was counted by then; must be asked in order of time. */
function reader(counts: PerSecond, zeroAt: Millis): (seconds: number) => number {
  const steps = counts.running();
  let current = 0;
  let next = steps.next();
  return (seconds) => {
    while (!next.done && next.value.endAt <= zeroAt + seconds * 1000) {
      current = next.value.sum;
      next = steps.next();
    }
    return current;
  };
}

function highest(counts: PerSecond): number {
  let most = 0;
  for (const { sum } of counts.running()) most = Math.max(most, sum);
  return most;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
