import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSummary, temporaryFolder } from '../support/cli.ts';
import { hasPty, startOnTerminal } from '../support/pty.ts';

/** The small scenario on a terminal, into a folder of its own. */
function runOnTerminal(columns: number, ...args: readonly string[]) {
  const out = temporaryFolder();
  const command = ['run', 'test/e2e/rollout.yaml', '--out', out, '--run-id', 'run', ...args];
  return { ...startOnTerminal(command, columns), folder: join(out, 'run') };
}

describe.skipIf(!hasPty)('on a terminal (needs python3)', () => {
  it.each([100, 40])(
    'draws frames at %i columns, and leaves the figures and the cursor',
    async (columns) => {
      const { terminal, shows, done, folder } = runOnTerminal(columns, '--set', 'clock.scale=30');

      await shows(/rollout.* · starting/);
      expect(terminal.isCursorShown).toBe(false);
      await shows(/^rollout {3}[█▬░].* \d+\/100/m);
      expect(terminal.wraps).toBe(0);
      const code = await done;

      expect(code, terminal.text).toBe(0);
      expect(terminal.frames).toBeGreaterThan(3);
      expect(terminal.isCursorShown).toBe(true);
      expect(terminal.text).not.toMatch(/^rollout {3}/m);
      expect(terminal.text).toMatch(/^EXPECTATIONS\n/m);
      expect(terminal.text.replaceAll('\n', '')).toMatch(new RegExp(`report ${folder}$`));
    },
  );

  it('Ctrl-C reaches every process of it, and still ends in a report', async () => {
    const { terminal, shows, done, folder, type } = runOnTerminal(
      100,
      ...['--set', 'clock.scale=1', '--set', 'stop.after=1h', '--set', 'expect=[]'],
    );
    await shows(/created job/);

    type('\u0003');
    const code = await done;

    expect(code, terminal.text).toBe(130);
    expect(terminal.text).toContain('stopping; the report will be written');
    expect(terminal.isCursorShown).toBe(true);
    expect(readSummary(folder).run.verdict).toBe('interrupted');
  });

  it('a second Ctrl-C ends it at once, cursor and all', async () => {
    const { terminal, shows, done, type } = runOnTerminal(
      100,
      ...['--set', 'clock.scale=1', '--set', 'stop.after=1h'],
    );
    await shows(/created job/);

    type('\u0003');
    await shows(/stopping/);
    type('\u0003');

    expect(await done).toBe(130);
    expect(terminal.isCursorShown).toBe(true);
  });

  it.each([
    ['with --no-progress', ['--no-progress'], {}],
    ['where the terminal is dumb', [], { TERM: 'dumb' }],
    ['in CI', [], { CI: 'true' }],
  ])('draws none %s', async (_, flags, env) => {
    const { terminal, done } = startOnTerminal(
      ['predict', 'test/e2e/rollout.yaml', '--out', temporaryFolder(), '--seeds', '2', ...flags],
      100,
      env,
    );

    expect(await done).toBe(0);
    expect(terminal.frames).toBe(0);
    expect(terminal.text).toMatch(/^EXPECTATIONS\n/m);
  });

  it('shows how many simulations are done', async () => {
    const { terminal, shows, done } = startOnTerminal(
      ['predict', 'test/e2e/rollout.yaml', '--out', temporaryFolder(), '--seeds', '40'],
      100,
    );

    await shows(/^predict {3}.* \d+\/40 simulations/m);

    expect(await done).toBe(0);
    expect(terminal.isCursorShown).toBe(true);
    expect(terminal.text).not.toMatch(/\/40 simulations/);
  });
});
