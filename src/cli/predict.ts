import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { AppError } from '../base/errors.ts';
import { planSweep, type SweepRequest, simulationsMax } from '../run/sweep-grid.ts';
import { type LoadedScenario, loadScenario } from '../scenario/load.ts';
import { type Override, readSettings } from '../scenario/overrides.ts';
import { planScenario } from '../scenario/plan-scenario.ts';
import { parseSweepAxes } from '../scenario/sweep-axis.ts';
import type { Io } from './io.ts';
import { checkRunId, newRunId } from './run-id.ts';
import { loadFromDisk, sourceOf } from './scenario.ts';
import { tellerOf } from './teller.ts';
import { packageVersion } from './version.ts';

interface PredictArgs {
  readonly scenario: string;
  readonly out: string | undefined;
  readonly 'run-id': string | undefined;
  readonly seed: string | undefined;
  readonly workers: string | undefined;
  readonly seeds: number | undefined;
  readonly sweep: readonly string[] | undefined;
  readonly set: readonly string[] | undefined;
  readonly json: boolean | undefined;
  readonly quiet: boolean | undefined;
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
        .positional('scenario', { type: 'string', demandOption: true, describe: 'YAML file' })
        .option('out', { type: 'string', describe: 'Parent of run folders [default: reports]' })
        .option('run-id', { type: 'string', describe: 'Name of the run folder' })
        .option('seed', { type: 'string', describe: 'Over the scenario’s seed' })
        .option('seeds', {
          type: 'number',
          describe: 'Repeat it under so many seeds: probabilities and 95 % intervals',
        })
        .option('sweep', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: 'Try values: path=2..20:2 or path=10,50; several make a grid',
        })
        .option('workers', { type: 'string', describe: 'Threads for --seeds and --sweep' })
        .option('set', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: 'Override any scenario value: path=value',
        })
        .option('json', { type: 'boolean', describe: 'NDJSON on stdout' })
        .option('quiet', { type: 'boolean', describe: 'Errors only' })
        .conflicts('json', 'quiet')
        .example('$0 predict scenarios/quickstart.yaml', 'where it would trip')
        .example('$0 predict rollout.yaml --set fleet.things=100000', 'a bigger one')
        .example('$0 predict rollout.yaml --seeds 200', 'how likely it is to abort')
        .example('$0 predict rollout.yaml --sweep fleet.things=100,1000', 'what if'),
    handler: async (args) => settle(await predict(args, io)),
  };
}

async function predict(args: PredictArgs, io: Io): Promise<number> {
  checkSeeds(args.seeds);
  const settings = readSettings(args, io.env);
  const loaded = loadFromDisk(args.scenario, settings.overrides, io);
  const plan = planScenario(loaded);
  const sweep = planSweepOf(args, loaded, settings.overrides, io);
  const runId = args['run-id'] ?? newRunId(plan.name);
  checkRunId(runId);
  const teller = tellerOf(args, io);
  // A scenario with a mistake does not wait for what it does not need.
  const { predictPlan } = await import('../run/simulated.ts');
  const summary = await predictPlan({
    plan,
    source: sourceOf(loaded),
    resolvedYaml: loaded.renderYaml(),
    version: packageVersion(),
    runId,
    outDir: resolve(io.cwd, settings.out),
    onEvent: teller.event,
    onSimulated: teller.simulated,
    seeds: args.seeds,
    sweep,
  });
  teller.end(summary, `${settings.out}/${runId}`);
  return summary.run.exitCode;
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
function planSweepOf(
  { sweep, seeds = sweepSeeds }: PredictArgs,
  { file, text }: LoadedScenario,
  overrides: readonly Override[],
  io: Io,
): SweepRequest | undefined {
  if (sweep === undefined || sweep.length === 0) return undefined;
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
