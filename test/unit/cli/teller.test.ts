import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import type { Io } from '../../../src/cli/io.ts';
import { type TellerFlags, tellerOf } from '../../../src/cli/teller.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryIo } from '../../support/memory-io.ts';
import { progressOf, subject } from '../../support/progress.ts';
import { summaryOf } from '../../support/summaries.ts';

function tell(flags: Partial<TellerFlags> = {}, given: Partial<Io> = {}) {
  const io = memoryIo(given);
  const clock = Object.assign(new ManualClock(), { stop: () => undefined });
  const all = { json: undefined, quiet: undefined, progress: undefined, ...flags };
  return { io, clock, teller: tellerOf(all, subject, io, clock) };
}

const event = { at: 91_000, kind: 'job-status', message: 'job fw is IN_PROGRESS' };

it('in a log: every event at once, and a line of figures every ten seconds', () => {
  const { io, clock, teller } = tell();

  teller.event(event, 1000);
  for (let second = 0; second <= 20; second++) {
    clock.advanceTo(second * 1000);
    teller.progress(progressOf());
  }

  const figures =
    't=4m12s connected=5000/5000 notified=1320 queued=46 running=198 succeeded=953 failed=109 ' +
    'rejected=2 timed_out=12 canceled=0 update_p99=9.2ms fw-1-4=IN_PROGRESS ' +
    'fw-1-4.abort.FAILED=10.13%/12%';
  expect(io.errors.trimEnd().split('\n')).toEqual([
    '1m30s  job fw is IN_PROGRESS',
    figures,
    figures,
    figures,
  ]);
  expect(io.output).toBe('');
});

it('in a log, while the things connect', () => {
  const { io, teller } = tell();

  teller.progress(progressOf({ isConnecting: true, connected: 12, connectFailures: 3 }));

  expect(io.errors).toBe('t=connecting connected=12/5000 failures=3\n');
});

it('in a log, before the first thing is asked to connect, there is nothing to tell', () => {
  const { io, teller } = tell();

  teller.progress(progressOf({ isConnecting: true, connected: 0, things: 0 }));

  expect(io.errors).toBe('');
});

it('in a log, what was before the start is told so', () => {
  const { io, teller } = tell();

  teller.event({ ...event, at: 1000 }, 182_000);

  expect(io.errors).toBe('3m1s before the start  job fw is IN_PROGRESS\n');
});

it.each([false, true])(
  'the figures at the end are the result: on stdout, and nothing on stderr (on a terminal: %s)',
  (isTerminal) => {
    const { io, teller } = tell({}, { isTerminal });

    teller.begin();
    teller.end(summaryOf(), 'reports/run');

    expect(io.output).toMatch(/^EXPECTATIONS\n/);
    expect(io.output).toMatch(/report reports\/run\n$/);
    expect(io.errors).toBe('');
  },
);

it('the figures are coloured and as wide as stdout is, whatever stderr is', () => {
  const plain = tell({}, { hasColor: true, columns: 100 });
  plain.teller.end(summaryOf(), 'reports/run');
  expect(plain.io.output).not.toContain('\u001b[');

  const colored = tell({}, { outputHasColor: true, outputColumns: 40, columns: 100 });
  colored.teller.end(summaryOf(), 'reports/run');
  expect(colored.io.output).toContain('\u001b[1mEXPECTATIONS');
  const lines = stripVTControlCharacters(colored.io.output).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBe(40);
});

it('in a log with --no-progress: events alone', () => {
  const { io, teller } = tell({ progress: false });

  teller.event(event, 1000);
  teller.progress(progressOf());
  teller.simulated(1, 2);

  expect(io.errors).toBe('1m30s  job fw is IN_PROGRESS\n');
});

it('with --json: one object a line on stdout, nothing on stderr', () => {
  const { io, teller } = tell({ json: true });

  teller.event(event, 1000);
  teller.progress(progressOf());
  teller.end(summaryOf(), 'reports/run');

  const records = io.output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(records).toMatchObject([
    { type: 'event', t: 90, kind: 'job-status' },
    { type: 'progress', notified: 1320, jobs: [{ jobId: 'fw-1-4' }] },
    { type: 'result', folder: 'reports/run', run: { verdict: 'passed' } },
  ]);
  expect(records[2].jobs[0]).not.toHaveProperty('progress');
  expect(io.errors).toBe('');
});

it('with --quiet: nothing but what went wrong', () => {
  const { io, teller } = tell({ quiet: true });

  teller.event(event, 1000);
  teller.progress(progressOf());
  teller.end(summaryOf(), 'reports/run');
  expect(io.errors + io.output).toBe('');
  const { run } = summaryOf();
  teller.end(summaryOf({ run: { ...run, error: 'an agent crashed' } }), 'reports/run');

  expect(io.errors).toBe('an agent crashed\n');
});
