import type { Clock } from '../base/clock.ts';
import { formatInstant } from '../report/wording.ts';
import { tellEnding } from './ending.ts';
import { type Subject, simulationFrame } from './frame.ts';
import type { Io } from './io.ts';
import { LiveScreen } from './live-screen.ts';
import { RunView } from './run-view.ts';
import type { Teller } from './teller.ts';

/** For a person at a terminal: a frame that lives, events above it, and at the end the figures in its place. */
export function screenTeller(subject: Subject, io: Io, clock: Clock & { stop(): void }): Teller {
  const view = new RunView(subject, clock);
  let simulated: readonly [done: number, of: number] | undefined;
  const screen = new LiveScreen(io, clock, (options) =>
    simulated === undefined
      ? view.lines(options)
      : simulationFrame(subject.scenario, ...simulated, options),
  );
  return {
    begin: () => screen.open(),
    event: ({ at, message }, zeroAt) =>
      screen.say(`${formatInstant((at - zeroAt) / 1000).padStart(7)}  ${message}`),
    progress: (progress) => {
      view.look(progress);
      screen.refresh();
    },
    simulated: (done, of) => {
      simulated = [done, of];
      screen.open();
      screen.refresh();
    },
    notice: (text) => screen.say(text),
    end: (summary, folder) => {
      screen.close();
      tellEnding(summary, folder, io);
    },
    close: () => {
      screen.close();
      clock.stop();
    },
  };
}
