import yargs, { type Argv, type FallbackCompletionFunction } from 'yargs';
import type { Command } from './command.ts';
import { completePlace } from './completer.ts';
import { exitCodeHelp } from './overview.ts';
import { explainUsage, UsageFailure } from './usage-error.ts';
import { packageVersion } from './version.ts';

export interface ParserSettings {
  readonly commands: readonly Command[];
  readonly columns: number;
  /** Where completions look for files. */
  readonly cwd: string;
}

/**
 * Carries out the command that `argv` names, and returns what the parser itself has to say: help,
 * version or completions. Throws AppError for a command line that is wrong.
 */
export async function parse(argv: readonly string[], settings: ParserSettings): Promise<string> {
  let said = '';
  try {
    await parserOf(settings).parseAsync([...argv], {}, (_error, _args, output) => {
      said = output;
    });
  } catch (error) {
    if (!(error instanceof UsageFailure)) throw error;
    throw await explained(error, argv, settings);
  }
  return said;
}

function parserOf({ commands, columns, cwd }: ParserSettings): Argv {
  const parser = yargs()
    .scriptName('fleetrig')
    // The rest of what we say is English too.
    .locale('en')
    .usage('$0 <command>\n\nRehearse AWS IoT Jobs rollouts with a simulated fleet.')
    .demandCommand(1, 'name a command')
    .strict()
    .version(packageVersion())
    .alias('h', 'help')
    .wrap(columns)
    .epilogue(exitCodeHelp)
    .exitProcess(false)
    .completion('completion-script', false, completeIn(cwd))
    .fail((message: string | null, error?: Error) => {
      // What the parser throws itself is of no class that it exports.
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new UsageFailure(message ?? error?.message ?? '');
    });
  return commands.reduce((built, { register }) => register(built), parser as Argv);
}

function completeIn(cwd: string): FallbackCompletionFunction {
  return (current, argv: { readonly _?: readonly unknown[] }, byDefault, done) => {
    const places = completePlace(current, (argv._ ?? []).map(String), cwd);
    if (places === undefined) byDefault();
    else done([...places]);
  };
}

async function explained(failure: UsageFailure, argv: readonly string[], settings: ParserSettings) {
  const word = argv.find((each) => !each.startsWith('-'));
  const command = settings.commands.find(({ name }) => name === word);
  return explainUsage(failure.message, {
    command: command?.name,
    commands: settings.commands.map(({ name }) => name),
    options: command === undefined ? [] : await optionsOf(command.name, settings),
    operands: command?.usage.slice(command.name.length + 1) ?? '',
  });
}

/** The parser tells them only as completions, with their meaning behind them for some shells. */
async function optionsOf(command: string, settings: ParserSettings): Promise<string[]> {
  const words = await parse(['--get-yargs-completions', 'fleetrig', command, '--'], settings);
  return words.match(/^--[\w-]+/gm) ?? [];
}
