import { availableParallelism } from 'node:os';
import { isoTime, type Millis } from '../base/clock.ts';
import { populationSize, thingFinder } from '../device/population.ts';
import { operations } from '../metrics/recorder.ts';
import { judge } from '../metrics/thresholds.ts';
import { figureLookup } from '../report/figures.ts';
import { percentilesOf } from '../report/percentiles.ts';
import { type OperationSummary, type Summary, schemaVersion } from '../report/summary.ts';
import type { Plan } from '../scenario/plan.ts';
import { summarizeCohorts, summarizeSlowest } from './cohorts.ts';
import type { Collector } from './collector.ts';
import type { EmulatorStats } from './emulator-admin.ts';
import { checkInvariants, errorsOf } from './invariants.ts';
import { summarizeJob } from './job-summary.ts';
import type { JobWatch, ListedExecution } from './job-watch.ts';
import { decideVerdict, distrustReasons, type Ending } from './verdict.ts';

/** The scenario as it was loaded, for the report. */
export interface ScenarioSource {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly resolved: Readonly<Record<string, unknown>>;
}

/** Everything a summary is made of; how far the run got decides how much of it is there. */
export interface RunFacts {
  readonly runId: string;
  readonly version: string;
  readonly plan: Plan;
  readonly source: ScenarioSource;
  readonly ending: Ending;
  readonly agents: number;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** Wall instants. */
  readonly startedAt: Millis;
  readonly endedAt: Millis;
  /** Simulated instants: the zero of every time in the report, and the end. */
  readonly zeroAt: Millis;
  readonly simulatedEndAt: Millis;
  readonly collector: Collector;
  readonly watches: readonly JobWatch[];
  readonly listings: ReadonlyMap<string, readonly ListedExecution[]>;
  readonly emulator: EmulatorStats | undefined;
}

const timeseriesColumns = [
  't',
  'connected',
  'notified',
  'queued',
  'inProgress',
  'succeeded',
  'failed',
  'rejected',
  'timedOut',
  'removed',
  'canceled',
  'requests',
  'refusals',
] as const;

export function summarize(facts: RunFacts): Summary {
  const { plan, collector, watches, listings, source, zeroAt } = facts;
  const find = thingFinder(plan.population);
  const invariants = checkInvariants(
    collector,
    watches,
    listings,
    (index) => find(index).thingName,
  );
  const delays = harnessDelays(collector);
  const reasons = distrustReasons(delays, invariants, plan.harness);
  const draft: Summary = {
    schemaVersion,
    tool: { name: 'fleetrig', version: facts.version },
    run: {
      id: facts.runId,
      startedAt: isoTime(facts.startedAt),
      endedAt: isoTime(facts.endedAt),
      durationSeconds: (facts.endedAt - facts.startedAt) / 1000,
      simulatedSeconds: Math.max(0, facts.simulatedEndAt - zeroAt) / 1000,
      verdict: 'passed',
      exitCode: 0,
      seed: plan.seed,
      ...(facts.ending.kind === 'error' ? { error: facts.ending.message } : {}),
    },
    environment: {
      node: process.version,
      os: `${process.platform} ${process.arch}`,
      cpus: availableParallelism(),
      target: plan.target.kind,
      ...(facts.endpoint === undefined ? {} : { endpoint: facts.endpoint }),
      ...(facts.region === undefined ? {} : { region: facts.region }),
      workers: plan.workers,
      agents: facts.agents,
      clockScale: plan.clockScale,
    },
    scenario: { ...source, resolved: { ...source.resolved } },
    fleet: {
      things: populationSize(plan.population),
      connectedMax: collector.connectedMax,
      reconnects: collector.metrics.counter('reconnects'),
      cohorts: summarizeCohorts(plan.population, collector.executions),
    },
    jobs: watches.map((watch) => summarizeJob(watch, listings.get(watch.jobId) ?? [], zeroAt)),
    operations: operations.flatMap((name) => summarizeOperation(collector, name)),
    assertions: [],
    invariants,
    timeseries: {
      stepSeconds: 1,
      columns: [...timeseriesColumns],
      rows: collector.rows.map((row) => [...row]),
    },
    events: collector.events.map(({ at, kind, message, data }) => ({
      t: (at - zeroAt) / 1000,
      kind,
      message,
      ...(data === undefined ? {} : { data: { ...data } }),
    })),
    slowest: summarizeSlowest(collector.executions, find),
    harness: {
      ...delays,
      eventLoopUtilization: { max: collector.metrics.peak('loop.utilization') },
      cpuSeconds: {
        agents: collector.metrics.gauge('cpuSeconds'),
        ...(facts.emulator === undefined ? {} : { emulator: facts.emulator.cpuSeconds }),
      },
      rssBytes: {
        agents: collector.metrics.gauge('rssBytes'),
        ...(facts.emulator === undefined ? {} : { emulator: facts.emulator.rssBytes }),
      },
      trusted: reasons.length === 0,
      reasons,
    },
  };
  return judged(draft, plan, facts.ending);
}

/** Expectations are judged against the finished figures, the verdict against those. */
function judged(draft: Summary, plan: Plan, ending: Ending): Summary {
  const lookup = figureLookup(draft);
  const assertions = plan.expectations.map(({ threshold, position }, index) => ({
    id: `expect-${index + 1}`,
    expr: threshold.text,
    ...judge(threshold, lookup),
    file: position.file,
    line: position.line,
  }));
  const verdict = decideVerdict(ending, assertions, draft.harness.trusted);
  return { ...draft, assertions, run: { ...draft.run, ...verdict } };
}

function summarizeOperation(
  collector: Collector,
  name: (typeof operations)[number],
): OperationSummary[] {
  const corrected = collector.metrics.histogram(name, 'corrected');
  const fromSend = collector.metrics.histogram(name, 'fromSend');
  const errors = errorsOf(collector, name);
  // Where every request was lost there is nothing timed, yet that is what the reader must see.
  if (corrected === undefined && Object.keys(errors).length === 0) return [];
  return [
    {
      name,
      count: corrected?.totalCount ?? 0,
      errors,
      unit: 'us',
      corrected: percentilesOf(corrected),
      fromSend: percentilesOf(fromSend),
      hdrBase64: collector.metrics.encode(name, 'corrected'),
    },
  ];
}

function harnessDelays({ metrics }: Collector) {
  return {
    scheduleDelayMs: {
      p99: metrics.gauge('schedule.delayP99Ms'),
      max: metrics.gauge('schedule.delayMaxMs'),
    },
    eventLoopDelayMs: {
      p99: metrics.gauge('loop.delayP99Ms'),
      max: metrics.gauge('loop.delayMaxMs'),
    },
  };
}
