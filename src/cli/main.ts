import yargs from 'yargs';
import { AppError } from '../base/errors.ts';
import { exitCodeOf, exitCodes } from '../run/exit-codes.ts';
import { emulateCommand } from './emulate.ts';
import type { Io } from './io.ts';
import { predictCommand } from './predict.ts';
import { runCommand } from './run.ts';
import { schemaCommand, validateCommand } from './scenario.ts';
import { packageVersion } from './version.ts';

const exitCodeHelp = `Exit codes:
  0 passed   99 an expectation failed   98 inconclusive (the harness could not hold its schedule)
  2 usage or scenario error   3 set-up failed   1 internal error   130/143 interrupted`;

/** Runs one command line and says what the process should exit with. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = exitCodes.passed;
  const settle = (code: number) => {
    exitCode = code;
  };
  try {
    const parser = yargs()
      .scriptName('fleetrig')
      .usage('$0 <command>\n\nRehearse AWS IoT Jobs rollouts with a simulated fleet.')
      .command(runCommand(io, settle))
      .command(predictCommand(io, settle))
      .command(emulateCommand(io, settle))
      .command(validateCommand(io, settle))
      .command(schemaCommand(io, settle))
      .demandCommand(1, 'name a command')
      .recommendCommands()
      .strict()
      .version(packageVersion())
      .alias('h', 'help')
      .wrap(Math.min(100, io.columns))
      .epilogue(exitCodeHelp)
      .exitProcess(false)
      .fail((message, error) => {
        throw error ?? usageError(argv, message);
      });
    await parser.parseAsync([...argv], {}, (_error, _args, output) => {
      if (output !== '') io.stdout(`${output}\n`);
    });
    return exitCode;
  } catch (error) {
    return tell(error, io);
  }
}

const commandNames = ['run', 'predict', 'emulate', 'validate', 'schema'];

function usageError(argv: readonly string[], message: string): AppError {
  const command = argv.find((word) => !word.startsWith('-')) ?? '';
  const isKnown = commandNames.includes(command);
  return new AppError('usage', `fleetrig ${command}: ${message}`.replace(' :', ':'), {
    hint: `see fleetrig ${isKnown ? `${command} ` : ''}--help`,
  });
}

function tell(error: unknown, io: Io): number {
  if (error instanceof AppError) {
    const hint = error.hint === undefined ? '' : `\n${error.hint.replace(/^/gm, '  → ')}`;
    io.stderr(`${error.message}${hint}\n`);
    return exitCodeOf(error.code);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr(`internal error, please report it: ${text}\n`);
  return exitCodes.internal;
}
