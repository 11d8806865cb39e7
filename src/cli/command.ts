import type { Argv, CommandModule } from 'yargs';

/** One word after `fleetrig`, and what the overview says of it. */
export interface Command {
  readonly name: string;
  /** With its positionals: `run <scenario>`. */
  readonly usage: string;
  readonly describe: string;
  readonly register: (parser: Argv) => Argv;
}

/** Commands that serve one purpose. */
export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** Forgets the type of a command's arguments, so that commands can stand in one list. */
export function commandOf<A>(module: CommandModule<object, A>): Command {
  const usage = String(module.command);
  return {
    name: usage.split(' ')[0] ?? usage,
    usage,
    describe: String(module.describe),
    register: (parser) => parser.command(module),
  };
}
