import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { AppError } from '../base/errors.ts';
import { planSweep, type SweepRequest, simulationsMax } from '../run/sweep-grid.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import type { Override } from '../scenario/overrides.ts';
import type { Io } from './io.ts';
import {
  optionGroups,
  outputOptions,
  type RehearsalArgs,
  scenarioOptions,
  scenarioPositional,
  workersOption,
} from './options.ts';
import { exitCodeHelp } from './overview.ts';
import { checkRunId, newRunId } from './run-id.ts';
import { listenForSignals } from './signals.ts';
import { packageVersion } from './version.ts';

interface PredictArgs extends RehearsalArgs {
  readonly seeds: number | undefined;
  readonly sweep: readonly string[] | undefined;
}

export function predictCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, PredictArgs> {
  return {
    command: 'predict <scenario>',
    describe: 'Tell what a run of a scenario would come to, in virtual time and without a socket',
    builder: (yargs) =>
      yargs
        .positional('scenario', scenarioPositional)
        .options(scenarioOptions)
        .option('seeds', {
          type: 'number',
          group: optionGroups.load,
          describe: 'Repeat it under so many seeds: probabilities and 95 % intervals',
        })
        .option('sweep', {
          type: 'string',
          array: true,
          nargs: 1,
          group: optionGroups.load,
          describe: 'Try values: path=2..20:2 or path=10,50; several make a grid',
        })
        .options(workersOption('Threads for --seeds and --sweep'))
        .options(outputOptions)
        .conflicts('json', 'quiet')
        .example('$0 predict scenarios/quickstart.yaml', 'where it would trip')
        .example('$0 predict a.yaml --set fleet.things=100000', 'a bigger one')
        .example('$0 predict a.yaml --seeds 200', 'how likely it is to abort')
        .example('$0 predict a.yaml --sweep fleet.things=10,99', 'what if')
        .epilogue(exitCodeHelp),
    handler: async (args) => settle(await predict(args, io)),
  };
}

async function predict(args: PredictArgs, io: Io): Promise<number> {
  checkSeeds(args.seeds);
  const { readRehearsal, sourceOf } = await import('./scenario-file.ts');
  const { settings, loaded, plan } = readRehearsal(args, io);
  const sweep = await planSweepOf(args, loaded, settings.overrides, io);
  const runId = args['run-id'] ?? newRunId(plan.name);
  checkRunId(runId);
  // A scenario with a mistake does not wait for what it does not need.
  const { subjectOf, tellerOf } = await import('./teller.ts');
  const { tellGithub } = await import('./github-actions.ts');
  const { predictPlan } = await import('../run/simulated.ts');
  const teller = tellerOf(args, subjectOf(plan), io);
  let stopListening = () => {};
  try {
    const summary = await predictPlan({
      plan,
      source: sourceOf(loaded),
      resolvedYaml: loaded.renderYaml(),
      version: packageVersion(),
      runId,
      outDir: resolve(io.cwd, settings.out),
      onEvent: teller.event,
      onSimulated: teller.simulated,
      onInterruptible: (interrupt) => {
        stopListening = listenForSignals(io, teller, interrupt);
      },
      seeds: args.seeds,
      sweep,
    });
    teller.end(summary, `${settings.out}/${runId}`);
    tellGithub(summary, io);
    return summary.run.exitCode;
  } finally {
    stopListening();
    teller.close();
  }
}

/** Of each point of a sweep, where nobody asked for another number. */
const sweepSeeds = 20;

function checkSeeds(seeds: number | undefined): void {
  if (seeds === undefined) return;
  if (Number.isInteger(seeds) && seeds >= 2 && seeds <= simulationsMax) return;
  throw new AppError('usage', `--seeds must be a whole number from 2 to ${simulationsMax}`, {
    hint: 'for example --seeds 200',
  });
}

/** Every point is a scenario of its own: a value that does not fit is named as any other would be. */
async function planSweepOf(
  { sweep, seeds = sweepSeeds }: PredictArgs,
  { file, text }: LoadedScenario,
  overrides: readonly Override[],
  io: Io,
): Promise<SweepRequest | undefined> {
  if (sweep === undefined || sweep.length === 0) return undefined;
  const [{ loadScenario }, { planScenario }, { parseSweepAxes }] = await Promise.all([
    import('../scenario/load.ts'),
    import('../scenario/plan-scenario.ts'),
    import('../scenario/sweep-axis.ts'),
  ]);
  const texts = new Map([[file, text]]);
  const readText = (path: string): string => {
    const known = texts.get(path) ?? readFileSync(resolve(io.cwd, path), 'utf8');
    texts.set(path, known);
    return known;
  };
  return planSweep(parseSweepAxes(sweep), seeds, (values) =>
    planScenario(loadScenario(file, { readText, overrides: [...overrides, ...values] })),
  );
}
