import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import type { Io } from './io.ts';
import { type MetricsArgs, metricsOptions, readMetricsSettings } from './metrics-options.ts';
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

interface RunArgs extends RehearsalArgs, MetricsArgs {
  readonly things: boolean | undefined;
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
        .positional('scenario', scenarioPositional)
        .options(scenarioOptions)
        .options(workersOption('Worker threads of the fleet'))
        .options(metricsOptions)
        .options(outputOptions)
        .option('things', {
          type: 'boolean',
          group: optionGroups.output,
          describe: 'Also write things.csv.gz',
        })
        .conflicts('json', 'quiet')
        .example('$0 run scenarios/quickstart.yaml', 'the tour')
        .example('$0 run rollout.yaml --set fleet.things=20', 'a smaller one')
        .epilogue(exitCodeHelp),
    handler: async (args) => settle(await run(args, io)),
  };
}

async function run(args: RunArgs, io: Io): Promise<number> {
  const { readRehearsal, sourceOf } = await import('./scenario-file.ts');
  const { settings, loaded, plan } = readRehearsal(args, io);
  const runId = args['run-id'] ?? newRunId(plan.name);
  checkRunId(runId);
  const metrics = readMetricsSettings(args);
  const outDir = resolve(io.cwd, settings.out);
  // The AWS SDK and the fleet are heavy: a scenario with a mistake does not wait for them.
  const { subjectOf, tellerOf } = await import('./teller.ts');
  const { tellGithub } = await import('./github-actions.ts');
  const { runPlan } = await import('../run/run.ts');
  const teller = tellerOf(args, subjectOf(plan), io);
  let stopListening = () => {};
  try {
    teller.begin();
    const summary = await runPlan({
      plan,
      source: sourceOf(loaded),
      resolvedYaml: loaded.renderYaml(),
      version: packageVersion(),
      runId,
      outDir,
      metrics,
      hasThings: args.things === true,
      onEvent: teller.event,
      onProgress: teller.progress,
      onInterruptible: (interrupt) => {
        stopListening = listenForSignals(io, teller, interrupt);
      },
    });
    teller.end(summary, `${settings.out}/${runId}`);
    tellGithub(summary, io);
    return summary.run.exitCode;
  } finally {
    stopListening();
    teller.close();
  }
}
