import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { AppError } from '../base/errors.ts';
import type { CloudSettings } from '../run/cloud-facts.ts';
import { exitCodes } from '../run/exit-codes.ts';
import type { Plan } from '../scenario/plan.ts';
import { type CloudArgs, cloudOptions, readCloudSettings } from './cloud-options.ts';
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

interface RunArgs extends RehearsalArgs, MetricsArgs, CloudArgs {
  readonly things: boolean | undefined;
  readonly record: boolean | undefined;
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
        .options(cloudOptions)
        .options(outputOptions)
        .option('things', {
          type: 'boolean',
          group: optionGroups.output,
          describe: 'Also write things.csv.gz',
        })
        .option('record', {
          type: 'boolean',
          group: optionGroups.output,
          describe: 'Also write trace.ndjson.gz, for diff',
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
  const cloud = readCloudSettings(args, io);
  if (args['dry-run'] === true) {
    const { dryRun } = await import('./dry-run.ts');
    await dryRun(plan, cloud, { isJson: args.json === true }, io);
    return exitCodes.passed;
  }
  await agree(args, plan, cloud, io);
  // The AWS SDK and the fleet are heavy: a scenario with a mistake does not wait for them.
  const { subjectOf, tellerOf } = await import('./teller.ts');
  const { tellGithub } = await import('./github-actions.ts');
  const { runPlan } = await import('../run/run.ts');
  const teller = tellerOf(args, subjectOf(plan), io);
  const folder = `${settings.out}/${runId}`;
  const lastWord =
    plan.target.kind === 'aws'
      ? `what the run has made may be left on AWS: fleetrig cleanup ${cloud.reuseFrom ?? folder}`
      : undefined;
  let stopListening = () => {};
  let interruptedWith: number | undefined;
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
      cloud,
      hasThings: args.things === true,
      isRecorded: args.record === true,
      onEvent: teller.event,
      onProgress: teller.progress,
      onInterruptible: (interrupt) => {
        const interrupted = (exitCode: 130 | 143) => {
          interruptedWith = exitCode;
          interrupt(exitCode);
        };
        stopListening = listenForSignals(io, teller, interrupted, lastWord);
      },
    });
    teller.end(summary, folder);
    tellGithub(summary, io);
    return summary.run.exitCode;
  } catch (error) {
    // Before there was anything to report.
    if (interruptedWith === undefined || !(error instanceof AppError)) throw error;
    teller.close();
    io.stderr(`${error.message}\n`);
    return interruptedWith;
  } finally {
    stopListening();
    teller.close();
  }
}

/** Before anything is opened or written: the run keeps to its limits, and where it matters somebody says yes. */
async function agree(args: RunArgs, plan: Plan, cloud: CloudSettings, io: Io): Promise<void> {
  if (Object.values(plan.limits).some((limit) => limit !== undefined)) {
    const { refuseBeyondLimits } = await import('../run/run-limits.ts');
    await refuseBeyondLimits(plan, cloud.scenarioDir);
  }
  if (plan.target.kind !== 'aws') return;
  const { askBeforeAws } = await import('./consent.ts');
  const isUnattended = args.json === true || args.quiet === true;
  const hasConsent = args.yes === true;
  await askBeforeAws({ plan, settings: cloud, hasConsent, isUnattended }, io);
}
