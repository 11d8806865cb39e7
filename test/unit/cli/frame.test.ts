import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../src/base/text-width.ts';
import { type FrameState, frame } from '../../../src/cli/frame.ts';
import { frameStateOf, jobProgressOf, progressOf, subject } from '../../support/progress.ts';

const wide = { columns: 100, rows: 23, isUnicode: true, hasColor: false };
const draw = (state: FrameState, options: Partial<typeof wide> = {}) =>
  `\n${frame(state, { ...wide, ...options }).join('\n')}\n`;

const [criterion] = jobProgressOf().criteria;

describe('a run under way', () => {
  it('at 100 columns', () => {
    expect(draw(frameStateOf())).toMatchInlineSnapshot(`
      "
      canary-abort · emulator · 5,000 things · 2 workers · 4m12s simulated · 6.3s at scale 60
      fw-1-4 IN_PROGRESS
      rollout   █████▓▬░░░░░░░░░░░░░░░░░░░░░░░  1,320/5,000  640/min, set 700
                █ 953 ok  ▓ 109 failed  ▒ 12 timed out  ▚ 2 rejected  ▬ 198 running  · 46 queued
      abort     █████████████████████████░░░░░  FAILED 10.13% of 12%  1,076 executed  armed
      latency   update p50 1.1ms p99 9.2ms   start-next p50 0.9ms p99 3.1ms   connect p50 1.2ms p99 4.3ms
      "
    `);
  });

  it('at 60 columns', () => {
    expect(draw(frameStateOf(), { columns: 60 })).toMatchInlineSnapshot(`
      "
      canary-abort · emulator · 5,000 things · 4m12s simulated
      fw-1-4 IN_PROGRESS
      rollout   █▬░░░░░░░░  1,320/5,000  640/min, set 700
                █ 953 ok  ▓ 109 failed  ▒ 12 timed out
      abort     ████████░░  FAILED 10.13% of 12%  armed
      latency   update p50 1.1ms p99 9.2ms
      "
    `);
  });

  it('at 40 columns', () => {
    expect(draw(frameStateOf(), { columns: 40 })).toMatchInlineSnapshot(`
      "
      canary-abort · 4m12s simulated
      fw-1-4 IN_PROGRESS
      rollout   █▬░░░░░░  1,320/5,000
                █ 953 ok  ▓ 109 failed
      abort     ██████░░  FAILED 10.13% of 12%
      latency   update p50 1.1ms p99 9.2ms
      "
    `);
  });

  it('in ASCII', () => {
    expect(draw(frameStateOf(), { isUnicode: false })).toMatchInlineSnapshot(`
      "
      canary-abort - emulator - 5,000 things - 2 workers - 4m12s simulated - 6.3s at scale 60
      fw-1-4 IN_PROGRESS
      rollout   =====x>.......................  1,320/5,000  640/min, set 700
                = 953 ok  x 109 failed  ! 12 timed out  % 2 rejected  > 198 running  - 46 queued
      abort     =========================.....  FAILED 10.13% of 12%  1,076 executed  armed
      latency   update p50 1.1ms p99 9.2ms   start-next p50 0.9ms p99 3.1ms   connect p50 1.2ms p99 4.3ms
      "
    `);
    expect(draw(frameStateOf(), { isUnicode: false })).toMatch(/^[\n -~]*$/);
  });

  it('in colour: the same, once the colours are gone', () => {
    const colored = draw(frameStateOf(), { hasColor: true });

    expect(stripVTControlCharacters(colored)).toBe(draw(frameStateOf()));
    expect(colored).toMatchInlineSnapshot(`
      "
      [1mcanary-abort[22m[2m · emulator[22m[2m · 5,000 things[22m[2m · 2 workers[22m · 4m12s simulated · 6.3s at scale 60
      [1mfw-1-4[22m[36m IN_PROGRESS[39m
      rollout   [32m█████[39m[31m▓[39m[36m▬[39m[2m░░░░░░░░░░░░░░░░░░░░░░░[22m  1,320/5,000  640/min, set 700
                [32m█ 953 ok[39m[31m  ▓ 109 failed[39m[33m  ▒ 12 timed out[39m[35m  ▚ 2 rejected[39m[36m  ▬ 198 running[39m  · 46 queued
      abort     [33m█████████████████████████[39m[2m░░░░░[22m  FAILED 10.13% of 12%  1,076 executed[33m  armed[39m
      latency   update p50 1.1ms p99 9.2ms   start-next p50 0.9ms p99 3.1ms   connect p50 1.2ms p99 4.3ms
      "
    `);
  });
});

it('before anything is known', () => {
  const state = frameStateOf({ progress: undefined, simulatedMs: undefined, wallMs: 400 });

  expect(draw(state)).toMatchInlineSnapshot(`
    "
    canary-abort · emulator · 5,000 things · 2 workers · 400ms · starting
    "
  `);
});

it('while the things connect', () => {
  const progress = progressOf({
    isConnecting: true,
    connected: 1900,
    connectFailures: 12,
    jobs: [],
    operations: [{ name: 'connect', count: 1900, p50Us: 1200, p99Us: 4300 }],
  });
  const state = frameStateOf({ progress, simulatedMs: undefined, connectsPerSecond: 980 });

  expect(draw(state)).toMatchInlineSnapshot(`
    "
    canary-abort · emulator · 5,000 things · 2 workers · 6.3s · connecting
    connect   ███████████░░░░░░░░░░░░░░░░░░░  1,900/5,000  980/s  12 failed
    latency   connect p50 1.2ms p99 4.3ms
    "
  `);
});

it('when some have lost their connection', () => {
  const state = frameStateOf({ progress: progressOf({ connected: 4000 }) });

  expect(draw(state)).toContain('4,000/5,000  connected');
});

it.each([
  ['has too few executions to trip', { executed: 42, failed: 40 }, /42\/100 executed {2}not armed/],
  ['may trip', { executed: 1000, failed: 10 }, /FAILED 1% of 12% {2}1,000 executed {2}armed/],
  ['tripped', { executed: 1000, failed: 121, tripped: true }, /FAILED 12.1% of 12%.* TRIPPED/],
])('an abort criterion that %s', (_, overrides, text) => {
  if (criterion === undefined) throw new Error('no criterion');
  const job = jobProgressOf({ criteria: [{ ...criterion, ...overrides }] });

  expect(draw(frameStateOf({ progress: progressOf({ jobs: [job] }) }))).toMatch(text);
});

it('tells no rate where the rollout is over, nor a set one where nobody tells it', () => {
  const released = jobProgressOf({ notified: 5000 });
  const { targeted: _, ratePerMinute: __, ...untold } = jobProgressOf();

  expect(draw(frameStateOf({ progress: progressOf({ jobs: [released] }) }))).not.toContain('/min');
  expect(draw(frameStateOf({ progress: progressOf({ jobs: [untold] }) }))).toContain(
    '1,320 notified  640/min\n',
  );
});

it('several jobs: those that are over in one line each', () => {
  const jobs = [
    jobProgressOf({ jobId: 'fw-1-3', status: 'COMPLETED' }),
    jobProgressOf({ jobId: 'fw-1-4', criteria: [] }),
  ];

  expect(draw(frameStateOf({ progress: progressOf({ jobs }) }))).toMatchInlineSnapshot(`
    "
    canary-abort · emulator · 5,000 things · 2 workers · 4m12s simulated · 6.3s at scale 60
    fw-1-3  COMPLETED  █ 953 ok  ▓ 109 failed  ▒ 12 timed out  ▚ 2 rejected  ▬ 198 running  · 46 queued
    fw-1-4 IN_PROGRESS
    rollout   █████▓▬░░░░░░░░░░░░░░░░░░░░░░░  1,320/5,000  640/min, set 700
              █ 953 ok  ▓ 109 failed  ▒ 12 timed out  ▚ 2 rejected  ▬ 198 running  · 46 queued
    latency   update p50 1.1ms p99 9.2ms   start-next p50 0.9ms p99 3.1ms   connect p50 1.2ms p99 4.3ms
    "
  `);
});

it('more jobs than lines', () => {
  const jobs = Array.from({ length: 30 }, (_, index) => jobProgressOf({ jobId: `job-${index}` }));
  const lines = frame(frameStateOf({ progress: progressOf({ jobs }) }), { ...wide, rows: 10 });

  expect(lines).toHaveLength(10);
  expect(lines.join('\n')).toContain('and 23 more jobs');
  expect(lines.at(-1)).toMatch(/^latency/);
});

it('says that the harness is behind, and why', () => {
  const warnings = ['schedule delay p99 82 ms is above the limit of 50 ms'];

  expect(draw(frameStateOf({ progress: progressOf({ warnings }) }))).toContain(
    '\n! harness behind: schedule delay p99 82 ms is above the limit of 50 ms\n',
  );
});

it.each([
  [1, '4m12s'],
  ['max' as const, '4m12s simulated · 6.3s at scale max'],
])('time at scale %s', (scale, text) => {
  const wallMs = scale === 1 ? 252_000 : 6300;

  expect(draw(frameStateOf({ subject: { ...subject, scale }, wallMs }))).toContain(text);
});

const count = fc.nat({ max: 2_000_000 });
const anyState = fc
  .record({
    scenario: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('固件升级 🚀 rollout')),
    statuses: fc.dictionary(
      fc.constantFrom('QUEUED', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'REJECTED', 'CANCELED'),
      count,
    ),
    targeted: fc.option(count, { nil: undefined }),
    failed: count,
    executed: count,
    warning: fc.string({ unit: 'grapheme', maxLength: 200 }),
    jobs: fc.nat({ max: 30 }),
  })
  .map(({ scenario, statuses, targeted, warning, jobs, ...counts }) =>
    frameStateOf({
      subject: { ...subject, scenario },
      progress: progressOf({
        warnings: [warning],
        connected: 17,
        jobs: Array.from({ length: jobs }, () => {
          const { targeted: _, ...job } = jobProgressOf({ executions: statuses });
          const criteria = job.criteria.map((each) => ({ ...each, ...counts }));
          return { ...job, criteria, ...(targeted === undefined ? {} : { targeted }) };
        }),
      }),
    }),
  );

it('never is wider or higher than the terminal', () => {
  const size = fc.record({
    columns: fc.integer({ min: 1, max: 160 }),
    rows: fc.integer({ min: 1, max: 40 }),
    isUnicode: fc.boolean(),
    hasColor: fc.boolean(),
  });
  fc.assert(
    fc.property(anyState, size, (state, options) => {
      const lines = frame(state, options);

      expect(lines.length).toBeLessThanOrEqual(options.rows);
      for (const text of lines) {
        expect(textWidth(stripVTControlCharacters(text))).toBeLessThanOrEqual(options.columns);
        expect(stripVTControlCharacters(text)).not.toMatch(/\p{Cc}/u);
      }
    }),
  );
});
