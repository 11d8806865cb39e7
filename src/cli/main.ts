import { AppError } from '../base/errors.ts';
import { exitCodeOf, exitCodes } from '../run/exit-codes.ts';
import { ScenarioError } from '../scenario/problem.ts';
import { commandGroups } from './commands.ts';
import { tellProblemsToGithub } from './github-problems.ts';
import type { Io } from './io.ts';
import { asksForOverview, renderOverview } from './overview.ts';

/** Runs one command line and says what the process should exit with. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = exitCodes.passed;
  const groups = commandGroups(io, (code) => {
    exitCode = code;
  });
  const columns = Math.min(100, io.columns);
  try {
    if (argv.length === 0) {
      io.stderr(`${renderOverview(groups, columns)}\n`);
      return exitCodes.usage;
    }
    if (asksForOverview(argv)) {
      io.stdout(`${renderOverview(groups, columns)}\n`);
      return exitCodes.passed;
    }
    // A third of the time that a short command takes.
    const { parse } = await import('./parser.ts');
    const commands = groups.flatMap((group) => group.commands);
    const output = await parse(argv, { commands, columns, cwd: io.cwd });
    if (output !== '') io.stdout(`${output}\n`);
    return exitCode;
  } catch (error) {
    return tell(error, io);
  }
}

function tell(error: unknown, io: Io): number {
  if (error instanceof ScenarioError) tellProblemsToGithub(error.problems, io);
  if (error instanceof AppError) {
    const hint = error.hint === undefined ? '' : `\n${error.hint.replace(/^/gm, '  → ')}`;
    io.stderr(`${error.message}${hint}\n`);
    return exitCodeOf(error.code);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr(`internal error, please report it: ${text}\n`);
  return exitCodes.internal;
}
