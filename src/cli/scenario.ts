import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import type { ScenarioSource } from '../run/summary-frame.ts';
import { type LoadedScenario, loadScenario } from '../scenario/load.ts';
import { type Override, readSettings } from '../scenario/overrides.ts';
import { planScenario } from '../scenario/plan-scenario.ts';
import { renderProblems } from '../scenario/problem.ts';
import { scenarioJsonSchema } from '../scenario/schema.ts';
import type { Io } from './io.ts';

/** Loads a scenario from disk, relative to where the command was called; warnings go to stderr. */
export function loadFromDisk(file: string, overrides: readonly Override[], io: Io): LoadedScenario {
  const readText = (path: string) => readFileSync(resolve(io.cwd, path), 'utf8');
  const loaded = loadScenario(file, { readText, overrides });
  if (loaded.warnings.length > 0) io.stderr(`${renderProblems(loaded.warnings)}\n`);
  return loaded;
}

export function sourceOf({ file, text, scenario, resolved }: LoadedScenario): ScenarioSource {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { name: scenario.name, file, sha256, resolved };
}

interface ValidateArgs {
  readonly scenario: string;
  readonly set: readonly string[] | undefined;
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
        .positional('scenario', { type: 'string', demandOption: true, describe: 'YAML file' })
        .option('set', { type: 'string', array: true, nargs: 1, describe: 'path=value' }),
    handler: (args) => {
      const loaded = loadFromDisk(args.scenario, readSettings(args, io.env).overrides, io);
      const { population, actions, expectations } = planScenario(loaded);
      const things = population.batches.reduce((sum, { count }) => sum + count, 0);
      io.stdout(
        `${args.scenario}: ok (${things} things, ${actions.length} actions, ${expectations.length} expectations)\n`,
      );
      settle(0);
    },
  };
}

export function schemaCommand(io: Io, settle: (exitCode: number) => void): CommandModule {
  return {
    command: 'schema',
    describe: 'Print the JSON Schema of scenarios, for editors',
    handler: () => {
      io.stdout(`${JSON.stringify(scenarioJsonSchema(), undefined, 2)}\n`);
      settle(0);
    },
  };
}
