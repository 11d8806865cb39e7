import type { Clock, Millis } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
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
    event: ({ at, message }, zeroAt) => io.stderr(`${formatDuration(at - zeroAt)}  ${message}\n`),
    progress: (progress) => nowAndThen(() => progressLine(progress)),
    simulated: (done, of) => nowAndThen(() => `${done} of ${of} simulations`),
    notice: (text) => io.stderr(`${text}\n`),
    end: (summary, folder) => tellEnding(summary, folder, io),
    close: () => undefined,
  };
}
