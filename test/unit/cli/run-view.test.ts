import { expect, it } from 'vitest';
import { RunView } from '../../../src/cli/run-view.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { jobProgressOf, progressOf, subject } from '../../support/progress.ts';

const options = { columns: 100, rows: 20, isUnicode: true, hasColor: false };

it('time goes on between two looks, but not for ever', () => {
  const clock = new ManualClock();
  const view = new RunView(subject, clock);
  const title = (at: number) => {
    clock.advanceTo(at);
    return view.lines(options)[0];
  };

  expect(title(500)).toContain('500ms · starting');
  view.look(progressOf({ elapsedMs: 60_000 }));
  expect(title(1500)).toContain('2m simulated · 1.5s at scale 60');
  expect(title(9000)).toContain('2m30s simulated · 9s at scale 60');
});

it('where time jumps, it stands still between two looks', () => {
  const clock = new ManualClock();
  const view = new RunView({ ...subject, scale: 'max' }, clock);

  view.look(progressOf({ elapsedMs: 60_000 }));
  clock.advanceTo(1000);

  expect(view.lines(options)[0]).toContain('1m simulated · 1s at scale max');
});

it('tells the rates it has seen: of connects by the wall, of notices by simulated time', () => {
  const clock = new ManualClock();
  const view = new RunView(subject, clock);
  view.look(progressOf({ isConnecting: true, connected: 0, jobs: [] }));
  clock.advanceTo(2000);
  view.look(progressOf({ isConnecting: true, connected: 1000, jobs: [] }));
  expect(view.lines(options).join('\n')).toContain('1,000/5,000  500/s');

  for (const [minute, notified] of [
    [0, 0],
    [1, 50],
    [2, 100],
  ] as const) {
    const jobs = [jobProgressOf({ notified, ratePerMinute: 50 })];
    view.look(progressOf({ elapsedMs: minute * 60_000, jobs }));
  }

  expect(view.lines(options).join('\n')).toContain('100/5,000  50/min, set 50');
});
