import type { Io } from './io.ts';
import type { Teller } from './teller.ts';

/**
 * The first signal ends a run with a report; the second ends the process, with a last word where there is
 * one. Returns what stops listening.
 */
export function listenForSignals(
  io: Io,
  teller: Pick<Teller, 'notice' | 'close'>,
  interrupt: (exitCode: 130 | 143) => void,
  lastWord?: string,
): () => void {
  let isInterrupted = false;
  return io.onSignal((exitCode) => {
    if (isInterrupted) {
      teller.close();
      if (lastWord !== undefined) io.stderr(`${lastWord}\n`);
      io.exit(exitCode);
    }
    isInterrupted = true;
    teller.notice('stopping; the report will be written. Again to end at once.');
    interrupt(exitCode);
  });
}
