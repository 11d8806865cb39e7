import type { Summary } from '../report/summary.ts';
import { exitCodes } from './exit-codes.ts';

type Verdict = Summary['run']['verdict'];

/** How a run ended before its figures are looked at. */
export type Ending =
  | { readonly kind: 'finished' }
  | { readonly kind: 'interrupted'; readonly exitCode: 130 | 143 }
  /** It went past one of the scenario's limits, and so nothing is known of what was to come. */
  | { readonly kind: 'limit'; readonly message: string }
  | { readonly kind: 'error'; readonly exitCode: number; readonly message: string };

export interface HarnessLimits {
  readonly scheduleDelayMsP99Max: number;
  readonly eventLoopDelayMsP99Max: number;
  readonly roundTripMsP99Max: number;
}

interface HarnessFigures
  extends Pick<Summary['harness'], 'scheduleDelayMs' | 'eventLoopDelayMs' | 'emulatorLoopDelayMs'> {
  /** An update's round trip at p99, in simulated milliseconds: too high a scale shows here. */
  readonly roundTripMs: number;
}

/** Why the figures are not to be trusted; empty when they are. */
export function distrustReasons(
  harness: HarnessFigures,
  invariants: readonly Summary['invariants'][number][],
  limits: HarnessLimits,
): string[] {
  const late = (what: string, p99: number, limit: number) =>
    p99 > limit ? [`${what} p99 ${p99.toFixed(0)} ms is above the limit of ${limit} ms`] : [];
  const broken = invariants.filter(({ holds }) => !holds);
  return [
    ...late('schedule delay', harness.scheduleDelayMs.p99, limits.scheduleDelayMsP99Max),
    ...late('event loop delay', harness.eventLoopDelayMs.p99, limits.eventLoopDelayMsP99Max),
    ...late(
      'event loop delay of the emulator, in its median second,',
      harness.emulatorLoopDelayMs?.medianP99 ?? 0,
      limits.eventLoopDelayMsP99Max,
    ),
    ...late(
      'round trip of an update, in simulated time,',
      harness.roundTripMs,
      limits.roundTripMsP99Max,
    ),
    ...broken.map(({ name, detail }) => `the figures do not add up: ${name} (${detail})`),
  ];
}

/** The one verdict. A harness that could not hold its schedule never passes, and never fails a build for it. */
export function decideVerdict(
  ending: Ending,
  assertions: readonly Summary['assertions'][number][],
  isTrusted: boolean,
): { readonly verdict: Verdict; readonly exitCode: number } {
  switch (ending.kind) {
    case 'error':
      return { verdict: 'error', exitCode: ending.exitCode };
    case 'interrupted':
      return { verdict: 'interrupted', exitCode: ending.exitCode };
    case 'limit':
      return { verdict: 'inconclusive', exitCode: exitCodes.inconclusive };
    case 'finished':
      if (!isTrusted) return { verdict: 'inconclusive', exitCode: exitCodes.inconclusive };
      return assertions.every(({ result }) => result === 'passed' || result === 'skipped')
        ? { verdict: 'passed', exitCode: exitCodes.passed }
        : { verdict: 'failed', exitCode: exitCodes.failed };
  }
}
