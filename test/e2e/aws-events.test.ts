import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JobObservation } from '../../src/emulator/observation.ts';
import { type FakeAws, nothing, startFakeAws } from '../support/aws.ts';
import { readSummary, runCli, startCli } from '../support/cli.ts';

/** Job events of AWS: heard where they are on, switched on where that is wanted, and put back. */

const eventsOff = { JOB: false, JOB_EXECUTION: false };

function runArgs(aws: FakeAws, runId: string, events: string, things: number): string[] {
  return [
    ...['run', 'test/e2e/aws.yaml', ...aws.settings, '--yes'],
    ...['--out', aws.folder, '--run-id', runId],
    ...['--set', `target.aws.events=${events}`, '--set', `fleet.things=${things}`],
    ...['--set', 'target.aws.identity.per=fleet'],
  ];
}

it('switches events on, hears them, and puts the account back as it was', async () => {
  const aws = await startFakeAws('aws');

  const ended = await runCli(runArgs(aws, 'heard', 'enable', 60), aws.env);

  const { observation, events, jobs } = readSummary(join(aws.folder, 'heard'));
  const [job] = jobs;
  const [criterion] = job?.abort.criteria ?? [];
  expect(ended.code, ended.stderr + ended.stdout).toBe(0);
  expect(observation).toMatchObject({ events: 'heard', lookSeconds: 1 });
  expect(observation?.unknown).not.toHaveLength(0);
  expect(events.filter(({ kind }) => kind === 'warning')).toEqual([]);
  const { QUEUED: _, IN_PROGRESS: __, ...over } = job?.executions ?? {};
  const told = Object.entries(over).filter(([, count]) => count > 0);
  expect(job?.events?.ended).toEqual(Object.fromEntries(told));
  expect(job?.targeted).toBeUndefined();
  expect(job?.rollout.steps).toBeUndefined();
  expect(job?.devices?.heard.at(-1)?.[1]).toBe(job?.notified);
  expect(criterion).toMatchObject({ tripped: true, derived: true, at: job?.events?.canceledAt });
  expect(criterion?.executed).toBeGreaterThanOrEqual(40);
  expect((100 * (criterion?.failed ?? 0)) / (criterion?.executed ?? 1)).toBeGreaterThanOrEqual(8);
  expect(events.find(({ kind }) => kind === 'job-aborted')?.t).toBe(job?.events?.canceledAt);
  const state = await aws.state();
  expect(state.events).toMatchObject(eventsOff);
  expect(state.counts).toMatchObject(nothing);
}, 120_000);

it('puts events back after a run that was killed', async () => {
  const aws = await startFakeAws('aws');
  const run = startCli(runArgs(aws, 'killed', 'enable', 60), aws.env);
  await run.saw(/job fw-1-4 is IN_PROGRESS/);
  expect((await aws.state()).events).toMatchObject({ JOB: true, JOB_EXECUTION: true });

  run.process.kill('SIGKILL');
  await run.done;
  const cleaned = await runCli(['cleanup', join(aws.folder, 'killed')], aws.env);

  expect(cleaned.code, cleaned.stderr + cleaned.stdout).toBe(0);
  const state = await aws.state();
  expect(state.events).toMatchObject(eventsOff);
  expect(state.counts).toMatchObject(nothing);
}, 120_000);

it('says that events are off where they are only to be used, and goes by its looks', async () => {
  const aws = await startFakeAws('aws');

  const ended = await runCli([...runArgs(aws, 'off', 'existing', 60), '--keep'], aws.env);

  const { cloud, observation, events, jobs } = readSummary(join(aws.folder, 'off'));
  expect(ended.code, ended.stderr + ended.stdout).toBe(0);
  expect(observation?.events).toBe('unavailable');
  expect(events.map(({ message }) => message).join('\n')).toMatch(/events are off.*enable/);
  expect(jobs[0]?.events).toBeUndefined();
  const [criterion] = jobs[0]?.abort.criteria ?? [];
  const response = await fetch(`${aws.http}/_fleetrig/jobs/${cloud?.prefix}fw-1-4`);
  const { trip } = (await response.json()) as JobObservation;
  expect(criterion).toMatchObject({ tripped: true, derived: true });
  // What ended within the millisecond of the trip cannot be told from what was there before it.
  for (const figure of ['executed', 'failed'] as const) {
    const more = (criterion?.[figure] ?? 0) - (trip?.[figure] ?? Number.NaN);
    expect(more).toBeGreaterThanOrEqual(0);
    expect(more).toBeLessThanOrEqual(2);
  }
  expect(await aws.requests()).not.toHaveProperty('UpdateEventConfigurations');
}, 120_000);
