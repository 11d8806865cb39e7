import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { readSettings } from '../scenario/overrides.ts';
import { planScenario } from '../scenario/plan-scenario.ts';
import type { Io } from './io.ts';
import { checkPort } from './ports.ts';
import { checkRunId, newRunId } from './run-id.ts';
import { loadFromDisk, sourceOf } from './scenario.ts';
import { tellerOf } from './teller.ts';
import { packageVersion } from './version.ts';

interface RunArgs {
  readonly scenario: string;
  readonly out: string | undefined;
  readonly 'run-id': string | undefined;
  readonly seed: string | undefined;
  readonly workers: string | undefined;
  readonly set: readonly string[] | undefined;
  readonly 'metrics-port': number | undefined;
  readonly things: boolean | undefined;
  readonly json: boolean | undefined;
  readonly quiet: boolean | undefined;
}

export function runCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, RunArgs> {
  return {
    command: 'run <scenario>',
    describe: 'Run a scenario against its target and judge it',
    builder: (yargs) =>
      yargs
        .positional('scenario', { type: 'string', demandOption: true, describe: 'YAML file' })
        .option('out', { type: 'string', describe: 'Parent of run folders [default: reports]' })
        .option('run-id', { type: 'string', describe: 'Name of the run folder' })
        .option('seed', { type: 'string', describe: 'Over the scenario’s seed' })
        .option('workers', { type: 'string', describe: 'Worker threads of the fleet' })
        .option('set', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: 'Override any scenario value: path=value',
        })
        .option('metrics-port', { type: 'number', describe: 'Serve Prometheus metrics there' })
        .option('things', { type: 'boolean', describe: 'Also write things.csv.gz' })
        .option('json', { type: 'boolean', describe: 'NDJSON on stdout' })
        .option('quiet', { type: 'boolean', describe: 'Errors only' })
        .conflicts('json', 'quiet')
        .example('$0 run scenarios/quickstart.yaml', 'the tour')
        .example('$0 run rollout.yaml --set fleet.things=200 --seed 7', 'a smaller one'),
    handler: async (args) => settle(await run(args, io)),
  };
}

async function run(args: RunArgs, io: Io): Promise<number> {
  const settings = readSettings(args, io.env);
  const loaded = loadFromDisk(args.scenario, settings.overrides, io);
  const plan = planScenario(loaded);
  const runId = args['run-id'] ?? newRunId(plan.name);
  checkRunId(runId);
  checkPort('--metrics-port', args['metrics-port']);
  const outDir = resolve(io.cwd, settings.out);
  const teller = tellerOf(args, io);
  // The AWS SDK and the fleet are heavy: a scenario with a mistake does not wait for them.
  const { runPlan } = await import('../run/run.ts');
  let stopListening = () => {};
  try {
    const summary = await runPlan({
      plan,
      source: sourceOf(loaded),
      resolvedYaml: loaded.renderYaml(),
      version: packageVersion(),
      runId,
      outDir,
      metricsPort: args['metrics-port'],
      hasThings: args.things === true,
      onEvent: teller.event,
      onProgress: teller.progress,
      onInterruptible: (interrupt) => {
        stopListening = listenForSignals(io, interrupt);
      },
    });
    teller.end(summary, `${settings.out}/${runId}`);
    return summary.run.exitCode;
  } finally {
    stopListening();
  }
}

/** The first signal ends the run with a report; the second ends the process. */
function listenForSignals(io: Io, interrupt: (exitCode: 130 | 143) => void): () => void {
  let isInterrupted = false;
  return io.onSignal((exitCode) => {
    if (isInterrupted) io.exit(exitCode);
    isInterrupted = true;
    io.stderr('\nstopping; the report will be written. Again to end at once.\n');
    interrupt(exitCode);
  });
}
