import { type Clock, SteerableClock } from '../base/clock.ts';
import type { Summary } from '../report/summary.ts';
import type { RunEvent } from '../run/collector.ts';
import type { Progress } from '../run/progress.ts';
import type { Plan } from '../scenario/plan.ts';
import type { Subject } from './frame.ts';
import type { Io } from './io.ts';
import { jsonTeller } from './json-teller.ts';
import { plainTeller } from './plain-teller.ts';
import { screenTeller } from './screen-teller.ts';

/** What a command says while it is at work, and at its end. */
export interface Teller {
  /** It will take a while from here on. */
  readonly begin: () => void;
  readonly event: (event: Pick<RunEvent, 'at' | 'kind' | 'message'>, zeroAt: number) => void;
  readonly progress: (progress: Progress) => void;
  /** Of many simulations, so many are done. */
  readonly simulated: (done: number, of: number) => void;
  /** Something the user should know at once. */
  readonly notice: (text: string) => void;
  readonly end: (summary: Summary, folder: string) => void;
  /** Whatever happened: leaves the terminal as it was. */
  readonly close: () => void;
}

export interface TellerFlags {
  readonly json: boolean | undefined;
  readonly quiet: boolean | undefined;
  /** False for `--no-progress`. */
  readonly progress: boolean | undefined;
}

/** For people: progress on stderr, the result on stdout. For programs: all on stdout as NDJSON. Or only what went wrong. */
export function tellerOf(
  { json, quiet, progress = true }: TellerFlags,
  subject: Subject,
  io: Io,
  clock: Clock & { stop(): void } = new SteerableClock(),
): Teller {
  if (quiet) return quietTeller(io);
  if (json) return jsonTeller(io);
  return io.isTerminal && progress
    ? screenTeller(subject, io, clock)
    : plainTeller(io, clock, progress);
}

/** What a plan is called on a screen. */
export function subjectOf(plan: Plan): Subject {
  return {
    scenario: plan.name,
    target: plan.target.kind,
    things: plan.population.batches[0]?.count ?? 0,
    workers: plan.workers,
    scale: plan.isJumping ? 'max' : plan.clockScale,
  };
}

function quietTeller(io: Io): Teller {
  return {
    begin: () => undefined,
    event: () => undefined,
    progress: () => undefined,
    simulated: () => undefined,
    notice: (text) => io.stderr(`${text}\n`),
    end: ({ run }) => {
      if (run.error !== undefined) io.stderr(`${run.error}\n`);
    },
    close: () => undefined,
  };
}
