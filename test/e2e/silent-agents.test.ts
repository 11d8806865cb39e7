import { expect, it } from 'vitest';
import { readSummary } from '../support/cli.ts';
import { childrenOf, runRollout } from '../support/rollout.ts';

it('does not pass when its agents never told their last', async () => {
  const run = runRollout('--set', 'clock.scale=60', '--set', 'stop.after=3m');
  await run.saw(/created job/);
  const [, agent = 0] = childrenOf(run.process.pid ?? 0);

  process.kill(agent, 'SIGSTOP');
  const { code, stderr } = await run.done;

  expect(code, stderr).toBe(1);
  expect(readSummary(run.folder).run).toMatchObject({ verdict: 'error' });
});
