import { availableParallelism } from 'node:os';
import { isoTime, type Millis } from '../base/clock.ts';
import { judge } from '../metrics/thresholds.ts';
import { figureLookup, isCountedInPrediction } from '../report/figures.ts';
import { type AssertionSummary, type Summary, schemaVersion } from '../report/summary.ts';
import type { Expectation, Plan } from '../scenario/plan.ts';
import type { RunEvent } from './collector.ts';
import { statusColumns, statusFigures } from './status-columns.ts';
import { decideVerdict, type Ending } from './verdict.ts';

/** The scenario as it was loaded, for the report. */
export interface ScenarioSource {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly resolved: Readonly<Record<string, unknown>>;
}

/** What every summary begins with, however its figures came about. */
export interface FrameFacts {
  readonly runId: string;
  readonly version: string;
  readonly plan: Plan;
  readonly source: ScenarioSource;
  readonly ending: Ending;
  /** Wall instants. */
  readonly startedAt: Millis;
  readonly endedAt: Millis;
  /** Simulated instants: the zero of every time in the report, and the end. */
  readonly zeroAt: Millis;
  readonly simulatedEndAt: Millis;
}

export function summaryFrame(
  facts: FrameFacts,
): Pick<Summary, 'schemaVersion' | 'tool' | 'run' | 'scenario'> {
  const { plan, ending } = facts;
  return {
    schemaVersion,
    tool: { name: 'fleetrig', version: facts.version },
    run: {
      id: facts.runId,
      startedAt: isoTime(facts.startedAt),
      endedAt: isoTime(facts.endedAt),
      durationSeconds: (facts.endedAt - facts.startedAt) / 1000,
      simulatedSeconds: Math.max(0, facts.simulatedEndAt - facts.zeroAt) / 1000,
      verdict: 'passed',
      exitCode: 0,
      seed: plan.seed,
      ...('message' in ending ? { error: ending.message } : {}),
    },
    scenario: { ...facts.source, resolved: { ...facts.source.resolved } },
  };
}

export function machineFacts(): Pick<Summary['environment'], 'node' | 'os' | 'cpus'> {
  return {
    node: process.version,
    os: `${process.platform} ${process.arch}`,
    cpus: availableParallelism(),
  };
}

/** In the order of the rows; both kinds of runs fill them alike. */
export const timeseriesColumns = [
  't',
  'connected',
  'notified',
  ...statusColumns,
  'requests',
  'refusals',
] as const;

/** One row of the time series; the figures stand in the order of {@link timeseriesColumns}. */
export function timeseriesRow(figures: {
  readonly t: number;
  readonly connected: number;
  readonly notified: number;
  readonly executions: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly refusals: number;
}): number[] {
  const { t, connected, notified, executions, requests, refusals } = figures;
  return [t, connected, notified, ...statusFigures(executions), requests, refusals];
}

/** What happened, in the order it happened, which is not always the order it was heard of. */
export function timelineOf(events: readonly RunEvent[], zeroAt: Millis): Summary['events'] {
  return events
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, kind, message, data }) => ({
      t: (at - zeroAt) / 1000,
      kind,
      message,
      ...(data === undefined ? {} : { data: { ...data } }),
    }));
}

/** Expectations are judged against the finished figures, the verdict against those. */
export function judgeSummary(draft: Summary, plan: Plan, ending: Ending): Summary {
  const lookup = figureLookup(draft);
  const assertions = plan.expectations.map((expectation, index) => {
    const { threshold, position } = expectation;
    const judged = judge(threshold, lookup);
    const judgement: Pick<AssertionSummary, 'result' | 'expected' | 'actual'> =
      draft.environment.target === 'simulation' && isMeasured(expectation)
        ? { ...judged, result: 'skipped', actual: 'only a run can tell' }
        : judged;
    return {
      id: `expect-${index + 1}`,
      expr: threshold.text,
      ...judgement,
      file: position.file,
      line: position.line,
    };
  });
  const verdict = decideVerdict(ending, assertions, draft.harness.trusted);
  return { ...draft, assertions, run: { ...draft.run, ...verdict } };
}

/** Whether it asks for wall time that only a run on a real wire takes, or for a run beside a prediction. */
function isMeasured({ threshold: { left, right } }: Expectation): boolean {
  return [left, right].some((side) => 'name' in side && isOfRunsAlone(side.name));
}

function isOfRunsAlone(figure: string): boolean {
  const [family, operation = ''] = figure.split('.');
  return ofRunsAlone.test(figure) || (family === 'operations' && !isCountedInPrediction(operation));
}

const ofRunsAlone = /^latency\.|^predicted\.|\.rollout\.deviation$/;
