import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { readSettings } from '../scenario/overrides.ts';
import { planScenario } from '../scenario/plan-scenario.ts';
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
        .example('$0 predict rollout.yaml --set fleet.things=100000', 'a bigger one'),
    handler: async (args) => settle(await predict(args, io)),
  };
}

async function predict(args: PredictArgs, io: Io): Promise<number> {
  const settings = readSettings(args, io.env);
  const loaded = loadFromDisk(args.scenario, settings.overrides, io);
  const plan = planScenario(loaded);
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
  });
  teller.end(summary, `${settings.out}/${runId}`);
  return summary.run.exitCode;
}
