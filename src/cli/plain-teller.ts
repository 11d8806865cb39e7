import type { Clock, Millis } from '../base/clock.ts';
import { formatInstant } from '../report/wording.ts';
import { tellEnding } from './ending.ts';
import type { Io } from './io.ts';
import { progressLine } from './plain-lines.ts';
import type { Teller } from './teller.ts';

const everyMs = 10_000;
/** Looks come about once a second: one that is a little early need not wait for the next. */
const toleranceMs = 500;

/** For a log: every event at once, and with `hasProgress` a line now and then. */
export function plainTeller(io: Io, clock: Pick<Clock, 'now'>, hasProgress: boolean): Teller {
  let toldAt: Millis | undefined;
  const nowAndThen = (text: () => string) => {
    const now = clock.now();
    const isEarly = toldAt !== undefined && now < toldAt + everyMs - toleranceMs;
    if (!hasProgress || isEarly) return;
    toldAt = now;
    io.stderr(`${text()}\n`);
  };
  return {
    begin: () => undefined,
    event: ({ at, message }, zeroAt) =>
      io.stderr(`${formatInstant((at - zeroAt) / 1000)}  ${message}\n`),
    progress: (progress) => {
      // Before the first thing is asked to connect there is nothing to tell.
      const hasBegun = !progress.isConnecting || progress.things > 0;
      if (hasBegun) nowAndThen(() => progressLine(progress));
    },
    simulated: (done, of) => nowAndThen(() => `${done} of ${of} simulations`),
    notice: (text) => io.stderr(`${text}\n`),
    end: (summary, folder) => tellEnding(summary, folder, io),
    close: () => undefined,
  };
}
