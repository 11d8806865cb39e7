import { MergedMetrics } from '../../src/metrics/recorder.ts';
import type { RunFacts } from '../../src/metrics/run-facts.ts';

/** What a run tells that has just begun. */
export function runFactsOf(overrides: Partial<RunFacts> = {}): RunFacts {
  return {
    version: '0.1.0',
    node: 'v20.20.2',
    runId: 'run-1',
    scenario: 'canary',
    target: 'emulator',
    startedAt: 1_795_210_803_250,
    simulatedSeconds: 0,
    metrics: new MergedMetrics(),
    errorCodes: ['VersionMismatch'],
    jobs: [],
    cohorts: [],
    events: {},
    process: { cpuSeconds: 2, rssBytes: 100_000_000 },
    verdict: undefined,
    assertions: [],
    ...overrides,
  };
}
