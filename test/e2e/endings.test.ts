import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Summary } from '../../src/report/summary.ts';
import { readSummary } from '../support/cli.ts';
import { childrenOf, runRollout } from '../support/rollout.ts';

it('writes the report when interrupted, and exits 130', async () => {
  const run = runRollout('--set', 'clock.scale=1', '--set', 'expect=[]');
  await run.saw(/created job/);

  run.process.kill('SIGINT');
  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(130);
  const summary = readSummary(run.folder);
  expect(summary.run.verdict).toBe('interrupted');
  expect(lastInstantOf(summary)).toBeLessThanOrEqual(summary.run.simulatedSeconds + 0.001);
});

it('tells nothing of a time after its end, and of the end what was connected then', async () => {
  const run = runRollout('--set', 'stop.after=40s', '--set', 'expect=[]');

  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(0);
  const summary = readSummary(run.folder);
  const { columns, rows } = summary.timeseries;
  expect(lastInstantOf(summary)).toBeLessThanOrEqual(summary.run.simulatedSeconds + 0.001);
  expect(rows.at(-1)?.[columns.indexOf('connected')]).toBe(summary.fleet.things);
});

/** The latest simulated time that a report has anything of. */
function lastInstantOf({ events, jobs, operations, timeseries, errorsOverTime }: Summary): number {
  return Math.max(
    ...events.map(({ t }) => t),
    ...jobs.flatMap(({ createdAt = 0, endedAt = 0 }) => [createdAt, endedAt]),
    ...[
      timeseries,
      errorsOverTime,
      ...operations.map(({ overTime }) => overTime),
      ...jobs.map(({ progress }) => progress),
    ].map(({ rows }) => rows.at(-1)?.[0] ?? 0),
  );
}

it('ends at once on the second signal', async () => {
  const run = runRollout('--set', 'clock.scale=1');
  await run.saw(/created job/);

  run.process.kill('SIGINT');
  await run.saw(/stopping/);
  run.process.kill('SIGINT');

  expect((await run.done).code).toBe(130);
});

it.each([
  ['the emulator', 0],
  ['an agent', 1],
])('ends with 1 and a partial report when %s is killed', async (_, child) => {
  const run = runRollout('--set', 'clock.scale=1', '--set', 'stop.after=1h');
  await run.saw(/created job/);
  const pid = childrenOf(run.process.pid ?? 0)[child];

  process.kill(pid ?? 0, 'SIGKILL');
  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(1);
  const { run: told, jobs } = readSummary(run.folder);
  expect(told.verdict).toBe('error');
  expect(told.error).toMatch(/ended unexpectedly|crash|exit|SIGKILL/);
  expect(jobs).toHaveLength(1);
});

it('leaves no process behind when it is killed itself', async () => {
  const run = runRollout('--set', 'clock.scale=1', '--set', 'stop.after=1h');
  await run.saw(/created job/);
  const children = childrenOf(run.process.pid ?? 0);

  run.process.kill('SIGKILL');
  await run.done;

  expect(children.length).toBe(2);
  await expect
    .poll(() => children.filter((pid) => existsSync(`/proc/${pid}`)), { timeout: 10_000 })
    .toEqual([]);
});
