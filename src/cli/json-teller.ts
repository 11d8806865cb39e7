import type { Summary } from '../report/summary.ts';
import type { Io } from './io.ts';
import type { Teller } from './teller.ts';

/** One JSON object a line on stdout; the last one is the result, without what fills pages. */
export function jsonTeller(io: Io): Teller {
  const write = (record: object) => io.stdout(`${JSON.stringify(record)}\n`);
  return {
    begin: () => undefined,
    event: ({ at, kind, message }, zeroAt) =>
      write({ type: 'event', t: (at - zeroAt) / 1000, kind, message }),
    progress: (progress) => write({ type: 'progress', ...progress }),
    simulated: (done, of) => write({ type: 'simulated', done, of }),
    notice: (text) => io.stderr(`${text}\n`),
    end: ({ run, jobs, assertions, harness, prediction }, folder) =>
      write({
        type: 'result',
        folder,
        run,
        jobs: jobs.map(withoutCurves),
        assertions,
        harness,
        prediction,
      }),
    close: () => undefined,
  };
}

function withoutCurves({ progress: _, rollout, ...job }: Summary['jobs'][number]) {
  const { steps, ratePerMinuteMax } = rollout;
  return { ...job, rollout: { steps, ratePerMinuteMax } };
}
