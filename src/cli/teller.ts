import { styleText } from 'node:util';
import { formatDuration } from '../base/duration.ts';
import type { Summary } from '../report/summary.ts';
import { renderText } from '../report/text.ts';
import type { Tone } from '../report/text-page.ts';
import type { Io } from './io.ts';
import { LiveLine } from './live-line.ts';

/** What a run says while it goes on, and at its end. */
export interface Teller {
  readonly event: (event: { at: number; kind: string; message: string }, zeroAt: number) => void;
  readonly progress: (progress: Parameters<LiveLine['progress']>[0]) => void;
  /** Of many simulations, so many are done. */
  readonly simulated: (done: number, of: number) => void;
  readonly end: (summary: Summary, folder: string) => void;
}

/** For people on stderr, for programs on stdout as NDJSON, or only what went wrong. */
export function tellerOf(
  { json, quiet }: { readonly json: boolean | undefined; readonly quiet: boolean | undefined },
  io: Io,
): Teller {
  const line = new LiveLine(io);
  const tellError = ({ run }: Summary) => {
    if (run.error !== undefined) io.stderr(`${run.error}\n`);
  };
  if (quiet) return { event: () => {}, progress: () => {}, simulated: () => {}, end: tellError };
  if (json) {
    const write = (record: object) => io.stdout(`${JSON.stringify(record)}\n`);
    return {
      event: ({ at, kind, message }, zeroAt) =>
        write({ type: 'event', t: (at - zeroAt) / 1000, kind, message }),
      progress: (progress) => write({ type: 'progress', ...progress }),
      simulated: (done, of) => write({ type: 'simulated', done, of }),
      end: ({ run, jobs, assertions, harness, prediction }, folder) =>
        write({
          type: 'result',
          folder,
          run,
          jobs: jobs.map(withoutCurve),
          assertions,
          harness,
          prediction,
        }),
    };
  }
  return {
    event: ({ at, message }, zeroAt) => line.say(`${formatDuration(at - zeroAt)}  ${message}`),
    progress: (progress) => line.progress(progress),
    simulated: (done, of) => line.show(`${done} of ${of} simulations`),
    end: (summary, folder) => {
      line.clear();
      tellError(summary);
      const lines = renderText(summary, {
        columns: Math.max(60, Math.min(io.columns, 120)),
        isUnicode: true,
        style: (tone, text) => (io.hasColor ? colored(tone, text) : text),
        reportPath: folder,
      });
      io.stderr(`${lines.join('\n')}\n`);
    },
  };
}

function withoutCurve({ rollout: { steps, ratePerMinuteMax }, ...job }: Summary['jobs'][number]) {
  return { ...job, rollout: { steps, ratePerMinuteMax } };
}

const colors: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  title: 'bold',
  faint: 'dim',
  plain: 'reset',
};

function colored(tone: Tone, text: string): string {
  return tone === 'plain' ? text : styleText(colors[tone], text, { validateStream: false });
}
