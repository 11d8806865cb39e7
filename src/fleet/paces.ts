import type { Clock } from '../base/clock.ts';
import type { DeviceOperation } from '../protocol/messages.ts';
import type { Meter } from './meter.ts';
import { PacedLine, type Rates } from './paced-line.ts';
import type { Share } from './share.ts';

/** Where the things of one worker stand in line for what the account allows a second. */
export interface Paces {
  readonly connects: PacedLine | undefined;
  readonly reads: PacedLine | undefined;
  readonly writes: PacedLine | undefined;
}

/** Which of the account's quotas a request takes from (reference §6.5). */
export function paceOf(paces: Paces, operation: DeviceOperation): PacedLine | undefined {
  return operation === 'get' || operation === 'describe' ? paces.reads : paces.writes;
}

/**
 * A worker's equal part of the rates: together the workers never exceed them, and what one does not use
 * is not used by another. What was waited is counted, in wall milliseconds.
 */
export function pacesOf(
  rates: Rates | undefined,
  { parts }: Share,
  meter: Meter,
  clock: Clock,
  clockScale: number,
): Paces {
  const lineOf = (what: keyof Rates): PacedLine | undefined => {
    const perSecond = rates?.[what];
    if (perSecond === undefined) return undefined;
    const onWaited = (ms: number) => meter.count(`throttledMs/${what}`, Math.round(ms));
    return new PacedLine({ perSecond: perSecond / parts, clock, clockScale, onWaited });
  };
  return { connects: lineOf('connects'), reads: lineOf('reads'), writes: lineOf('writes') };
}
