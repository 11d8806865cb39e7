import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { AppError } from '../base/errors.ts';
import { tellFileProblem } from '../base/file-problem.ts';
import { counted } from '../report/wording.ts';
import type { SettingInForce } from '../scenario/settings-in-force.ts';
import type { Io } from './io.ts';
import { optionGroups, scenarioOptions, scenarioPositional, workersOption } from './options.ts';

interface ValidateArgs {
  readonly scenario: string;
  readonly set: readonly string[] | undefined;
  readonly seed: string | undefined;
  readonly workers: string | undefined;
  readonly 'print-config': boolean | undefined;
}

export function validateCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, ValidateArgs> {
  return {
    command: 'validate <scenario>',
    describe: 'Check a scenario without running it: every problem, with its line',
    builder: (yargs) =>
      yargs
        .positional('scenario', scenarioPositional)
        .options(scenarioOptions)
        .options(workersOption('Worker threads of the fleet'))
        .option('print-config', {
          type: 'boolean',
          group: optionGroups.output,
          describe: 'Print every value in force and where it came from',
        })
        .example('$0 validate scenarios/quickstart.yaml', 'all mistakes at once')
        .example('$0 validate a.yaml --seed 7 --print-config', 'who has the last word')
        .epilogue(precedence),
    handler: async (args) => {
      const { readRehearsal } = await import('./scenario-file.ts');
      const { loaded, plan } = readRehearsal(args, io);
      if (args['print-config']) {
        const { settingsInForce } = await import('../scenario/settings-in-force.ts');
        io.stdout(renderSettings(settingsInForce(loaded)));
      }
      const { population, actions, expectations } = plan;
      const things = population.batches.reduce((sum, { count }) => sum + count, 0);
      const told = [
        counted(things, 'thing'),
        counted(actions.length, 'action'),
        counted(expectations.length, 'expectation'),
      ];
      io.stdout(`${args.scenario}: ok (${told.join(', ')})\n`);
      settle(0);
    },
  };
}

const precedence =
  'Flags win over FLEETRIG_SEED, FLEETRIG_WORKERS and FLEETRIG_OUT,\nthose over the scenario, and that over defaults.';

/** One a line, in columns. */
function renderSettings(settings: readonly SettingInForce[]): string {
  const widthOf = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  const paths = widthOf(settings.map(({ path }) => path));
  const origins = widthOf(settings.map(({ origin }) => origin));
  const lines = settings.map(
    ({ path, value, origin }) => `${path.padEnd(paths)}  ${origin.padEnd(origins)}  ${value}\n`,
  );
  return lines.join('');
}

interface SchemaArgs {
  readonly out: string | undefined;
}

export function schemaCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, SchemaArgs> {
  return {
    command: 'schema',
    describe: 'Print the JSON Schema of scenarios, for editors',
    builder: (yargs) =>
      yargs
        .option('out', { type: 'string', describe: 'Write it to this file instead' })
        .example('$0 schema --out fleetrig.schema.json', 'beside the scenarios')
        .epilogue(
          'Editors find it by the first line of a scenario:\n' +
            '  # yaml-language-server: $schema=fleetrig.schema.json   (JetBrains: # $schema: …)',
        ),
    handler: async ({ out }) => {
      const text = await schemaText();
      if (out === undefined) io.stdout(text);
      else await writeSchema(resolve(io.cwd, out), text);
      settle(0);
    },
  };
}

/** The JSON Schema of scenarios as it is written to a file. */
export async function schemaText(): Promise<string> {
  const { scenarioJsonSchema } = await import('../scenario/schema.ts');
  return `${JSON.stringify(scenarioJsonSchema(), undefined, 2)}\n`;
}

async function writeSchema(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new AppError('setup', `cannot write ${file}: ${tellFileProblem(cause)}`, {
      hint: 'name a file in a folder that exists with --out',
      cause,
    });
  }
}
