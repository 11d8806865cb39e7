import { populationSize, thingFinder } from '../device/population.ts';
import { operations } from '../metrics/recorder.ts';
import { percentilesOf } from '../report/percentiles.ts';
import type { JobSummary, OperationSummary, Summary } from '../report/summary.ts';
import { armingsOf } from './armings.ts';
import { summarizeCohorts, summarizeSlowest } from './cohorts.ts';
import type { Collector } from './collector.ts';
import { deriveTrip } from './derived-trip.ts';
import type { EmulatorStats } from './emulator-admin.ts';
import { harnessDelays, reasonsForDoubt } from './harness-health.ts';
import { checkInvariants, errorsOf } from './invariants.ts';
import { looksOfListing, withTargets } from './job-progress.ts';
import { releaseTimes, summarizeJob } from './job-summary.ts';
import type { JobWatch, ListedExecution } from './job-watch.ts';
import { devicesOf, observationFacts } from './observation-facts.ts';
import { lookEveryMs } from './observer.ts';
import { errorsOverTime, latencyOverTime } from './over-time.ts';
import { type PredictedRun, withPrediction } from './predicted-run.ts';
import {
  type FrameFacts,
  judgeSummary,
  machineFacts,
  summaryFrame,
  timelineOf,
  timeseriesColumns,
} from './summary-frame.ts';

/** Everything a summary is made of; how far the run got decides how much of it is there. */
export interface RunFacts extends FrameFacts {
  readonly agents: number;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly collector: Collector;
  readonly watches: readonly JobWatch[];
  readonly listings: ReadonlyMap<string, readonly ListedExecution[]>;
  readonly emulator: EmulatorStats | undefined;
  /** Looks at jobs that the service grants in a second; undefined where nothing limits them. */
  readonly looksPerSecond: number | undefined;
  /** Whether there was somebody to hear job events. */
  readonly isListening: boolean;
  /** Undefined when it was skipped. */
  readonly predicted: PredictedRun | undefined;
  /** Where the run was recorded. */
  readonly trace: Summary['trace'];
}

export function summarize(facts: RunFacts): Summary {
  const { plan, collector, watches, listings, zeroAt } = facts;
  const find = thingFinder(plan.population);
  const invariants = checkInvariants(
    collector,
    watches,
    listings,
    (index) => find(index).thingName,
    !plan.actions.some(({ type }) => type === 'remove-things' || type === 'delete-job'),
  );
  const reasons = reasonsForDoubt(plan, collector, invariants);
  const observation = observationFacts(facts);
  const draft: Summary = {
    ...summaryFrame(facts),
    environment: {
      ...machineFacts(),
      target: plan.target.kind,
      ...(facts.endpoint === undefined ? {} : { endpoint: facts.endpoint }),
      ...(facts.region === undefined ? {} : { region: facts.region }),
      workers: plan.workers,
      agents: facts.agents,
      clockScale: plan.isJumping ? 'max' : plan.clockScale,
    },
    ...(observation === undefined ? {} : { observation }),
    ...(facts.trace === undefined ? {} : { trace: facts.trace }),
    fleet: {
      things: populationSize(plan.population),
      connectedMax: collector.connectedMax,
      reconnects: collector.metrics.counter('reconnects'),
      cohorts: summarizeCohorts(plan.population, collector.executions),
    },
    jobs: watches.map((watch) => summarizeWatched(watch, facts)),
    operations: operations.flatMap((name) => summarizeOperation(facts, name)),
    assertions: [],
    invariants,
    timeseries: {
      stepSeconds: plan.isJumping ? lookEveryMs(plan) / 1000 : 1,
      columns: [...timeseriesColumns],
      rows: collector.rows.map((row) => [...row]),
    },
    errorsOverTime: errorsOverTime(collector.errorLooks.rows(), zeroAt),
    events: timelineOf(collector.events, zeroAt),
    slowest: summarizeSlowest(collector.executions, find),
    harness: {
      ...harnessDelays(collector),
      eventLoopUtilization: { max: collector.metrics.peak('loop.utilization') },
      workers: workersOf(collector),
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
  return judgeSummary(draft, plan, facts.ending);
}

function summarizeWatched(
  watch: JobWatch,
  { collector, listings, plan, predicted, zeroAt }: RunFacts,
): JobSummary {
  const listed = listings.get(watch.jobId) ?? [];
  const told = summarizeJob(
    watch,
    releaseTimes(listed),
    zeroAt,
    listed.length === 0 ? watch.looks : withTargets(looksOfListing(listed), watch.looks),
    armingsOf(listed),
    deriveTrip(watch, listings.get(watch.jobId)),
  );
  const summary =
    plan.target.kind === 'emulator'
      ? told
      : { ...told, devices: devicesOf(watch.jobId, collector, zeroAt) };
  return predicted === undefined
    ? summary
    : withPrediction(summary, watch, listed, predicted, zeroAt);
}

function summarizeOperation(
  { collector, plan, zeroAt, simulatedEndAt }: RunFacts,
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
      fromSendHdrBase64: collector.metrics.encode(name, 'fromSend'),
      overTime: latencyOverTime(
        collector.intervals.filter(({ operation }) => operation === name),
        { zeroAt, stepMs: lookEveryMs(plan), endAt: simulatedEndAt },
      ),
    },
  ];
}

/** Those that tell how busy they are: the threads that devices run on. */
function workersOf({ metrics }: Collector): Summary['harness']['workers'] {
  return [...metrics.gauges('loop.utilization').keys()].sort().map((worker) => ({
    worker,
    eventLoopUtilizationMax: metrics.peak('loop.utilization', worker),
    eventLoopDelayMaxMs: metrics.peak('loop.delayMaxMs', worker),
    scheduleDelayP99Ms: metrics.gauges('schedule.delayP99Ms').get(worker) ?? 0,
    scheduleDelayMaxMs: metrics.peak('schedule.delayMaxMs', worker),
  }));
}
