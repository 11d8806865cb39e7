import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { childrenOf, runRollout } from '../support/rollout.ts';

it('ends when the service falls silent and somebody interrupts', async () => {
  const run = runRollout('--set', 'clock.scale=1', '--set', 'stop.after=1h');
  await run.saw(/created job/);
  const [emulator = 0] = childrenOf(run.process.pid ?? 0);

  process.kill(emulator, 'SIGSTOP');
  run.process.kill('SIGINT');
  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(130);
  expect(existsSync(`/proc/${emulator}`)).toBe(false);
}, 120_000);
