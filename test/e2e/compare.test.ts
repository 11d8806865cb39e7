import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SteerableClock } from '../../src/base/clock.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { startTestEmulator, urlOf } from '../support/emulator.ts';
import { slowLinkTo } from '../support/slow-link.ts';

/** Runs the small rollout and leaves it in `<out>/<id>`. */
async function rehearse(out: string, id: string, ...args: readonly string[]): Promise<string> {
  const { code, stderr } = await runCli([
    ...['run', 'test/e2e/rollout.yaml', '--out', out, '--run-id', id],
    ...args,
  ]);
  expect(code, stderr).toBe(0);
  return join(out, id);
}

it('two runs of one seed: says so, and that they came to the same', async () => {
  const out = temporaryFolder();
  const [base, head] = await Promise.all([
    rehearse(out, 'base', '--set', 'clock.scale=max'),
    rehearse(out, 'head', '--set', 'clock.scale=max'),
  ]);

  const { code, stdout, stderr } = await runCli(['compare', base, head, '--format', 'json']);

  expect(code, stderr).toBe(0);
  const { relation, outcome, figures } = JSON.parse(stdout);
  expect(relation).toBe('same plan');
  expect(outcome.equal).toBe(outcome.figures);
  const changed = figures.filter(({ name, change }: { name: string; change: string }) => {
    return change !== 'same' && /^(jobs|cohorts|operations|run\.duration)/.test(name);
  });
  expect(changed).toEqual([]);
  const text = await runCli(['compare', base, head]);
  expect(text.stdout.replaceAll(/\s+/g, ' ')).toContain(
    'Same scenario, same seed (7): every thing drew the same in both runs. The outcome is identical',
  );
});

/** A rollout against a service behind a line that takes so long, in real time: some seconds. */
async function rehearseBehind(oneWayMs: number, out: string, id: string): Promise<string> {
  const emulator = await startTestEmulator({ clock: new SteerableClock({}) });
  const mqtt = await slowLinkTo(emulator.mqtt, oneWayMs);
  const scenario = join(out, `${id}.yaml`);
  const target = { endpoint: { http: urlOf(emulator.http), mqtt } };
  const profile = { outcome: 'succeed', work: '1s', progress: { steps: 6 } };
  writeFileSync(
    scenario,
    JSON.stringify({
      name: 'behind-a-line',
      target,
      stop: { after: '1m', settle: '1s' },
      fleet: { things: 60, group: 'gateways', workers: 1, profile },
      jobs: [
        {
          create: {
            jobId: 'fw',
            document: {},
            jobExecutionsRolloutConfig: { maximumPerMinute: 1000 },
          },
        },
      ],
      expect: ['jobs.fw.executions.SUCCEEDED == 60'],
    }),
  );
  const { code, stderr } = await runCli(['run', scenario, '--out', out, '--run-id', id]);
  expect(code, stderr).toBe(0);
  return join(out, id);
}

it('a service that has become slow is flagged, and fails a build that says so', async () => {
  const out = temporaryFolder();
  // At the same time, so that the machine is as busy for both.
  const [base, head] = await Promise.all([
    rehearseBehind(50, out, 'base'),
    rehearseBehind(150, out, 'head'),
  ]);
  const limit = ['--fail-on', 'latency.update.p99 > +10%'];

  const slower = await runCli(['compare', base, head, ...limit]);
  expect(slower.code, slower.stderr).toBe(99);
  expect(slower.stdout).toMatch(/latency\.update\.p50 .* worse/);
  expect(slower.stdout).toContain('✗ latency.update.p99 > +10%: met');

  const faster = await runCli(['compare', head, base, ...limit]);
  expect(faster.code, faster.stderr).toBe(0);
  expect(faster.stdout).toMatch(/latency\.update\.p50 .* better/);
});
