import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import type { Evidence } from '../run/calibrate.ts';
import type { CloudSettings } from '../run/cloud-facts.ts';
import { exitCodes } from '../run/exit-codes.ts';
import type { Plan } from '../scenario/plan.ts';
import { type CloudArgs, cloudOptions } from './cloud-options.ts';
import type { Io } from './io.ts';
import { optionGroups, outputOptions, type RehearsalArgs, setOption } from './options.ts';
import { checkRunId, newRunId } from './run-id.ts';
import { listenForSignals } from './signals.ts';
import { packageVersion } from './version.ts';

type CalibrateArgs = Pick<RehearsalArgs, 'set' | 'out' | 'run-id' | 'json' | 'quiet'> &
  Pick<CloudArgs, 'yes' | 'dry-run'>;

const help = `Without --set target.… it asks our own emulator, which does what its dialect says.
The scenarios are templates/calibrate/*.yaml; what is --set holds for all of them.

Exit codes:
  0  every reading is decided   98  some are not
  2  usage   3  setup`;

export function calibrateCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, CalibrateArgs> {
  return {
    command: 'calibrate',
    describe: 'Find out by small rollouts how AWS reads abort criteria and rates',
    builder: (yargs) =>
      yargs
        .options({ ...setOption, 'dry-run': cloudOptions['dry-run'], yes: cloudOptions.yes })
        .options({ out: outputOptions.out, 'run-id': outputOptions['run-id'] })
        .option('json', {
          type: 'boolean',
          group: optionGroups.output,
          describe: 'The evidence as one JSON object',
        })
        .options({ quiet: outputOptions.quiet })
        .conflicts('json', 'quiet')
        .example('$0 calibrate --set target.aws.region=eu-west-1', 'on AWS, about four minutes')
        .example('$0 calibrate --set emulator.dialect.abortGate=notified', 'try it out')
        .epilogue(help),
    handler: async (args) => settle(await calibrate(args, io)),
  };
}

async function calibrate(args: CalibrateArgs, io: Io): Promise<number> {
  const { decidedValue, questions } = await import('../run/calibration.ts');
  const { readSettings } = await import('../scenario/overrides.ts');
  const { loadQuestion } = await import('./calibration-scenario.ts');
  const runId = args['run-id'] ?? newRunId('calibrate');
  checkRunId(runId);
  const { out, overrides } = readSettings(args, io.env);
  const outDir = resolve(io.cwd, out);
  const asked = questions.map((question) => loadQuestion(question, overrides, io));
  const cloud = { isKept: false, reuseFrom: undefined, scenarioDir: io.cwd, env: io.env };
  const notice = (text: string) => {
    if (args.quiet !== true) io.stderr(`${text}\n`);
  };
  if (args['dry-run'] === true) {
    const { dryRun } = await import('./dry-run.ts');
    for (const { plan } of asked) await dryRun(plan, cloud, { isJson: args.json === true }, io);
    return exitCodes.passed;
  }
  await agree(asked.at(-1)?.plan, args, cloud, io);

  const { calibrate: calibrateBy } = await import('../run/calibrate.ts');
  let stopListening = () => {};
  let evidence: Evidence | number;
  try {
    evidence = await calibrateBy({
      asked,
      runId,
      outDir,
      version: packageVersion(),
      cloud,
      onQuestion: ({ name, asks }) => notice(`${name}: ${asks}`),
      onInterruptible: (interrupt) => {
        stopListening();
        stopListening = listenForSignals(io, { notice, close: () => {} }, interrupt);
      },
    });
  } finally {
    stopListening();
  }
  if (typeof evidence === 'number') return evidence;
  const isDecided = evidence.decisions.every((each) => decidedValue(each) !== undefined);
  await mkdir(outDir, { recursive: true });
  const file = join(outDir, `${runId}.json`);
  await writeFile(file, `${JSON.stringify(evidence, undefined, 2)}\n`);
  await tell(evidence, `${out}/${runId}.json`, args, io);
  return isDecided ? exitCodes.passed : exitCodes.inconclusive;
}

async function tell(
  evidence: Evidence,
  file: string,
  { json, quiet }: CalibrateArgs,
  io: Io,
): Promise<void> {
  if (json === true) io.stdout(`${JSON.stringify(evidence)}\n`);
  if (json === true || quiet === true) return;
  const { tellCalibration } = await import('./calibration-text.ts');
  io.stdout(`${[...tellCalibration(evidence), '', `evidence: ${file}`].join('\n')}\n`);
}

/** What is made for the greatest of the rollouts stands for all of them: they come one after the other. */
async function agree(
  plan: Plan | undefined,
  { yes, json, quiet }: CalibrateArgs,
  settings: CloudSettings,
  io: Io,
): Promise<void> {
  if (plan?.target.kind !== 'aws') return;
  const { askBeforeAws } = await import('./consent.ts');
  const isUnattended = json === true || quiet === true;
  await askBeforeAws({ plan, settings, hasConsent: yes === true, isUnattended }, io);
}
