import { resolve } from 'node:path';
import { styleText } from 'node:util';
import type { CommandModule } from 'yargs';
import { formatDuration } from '../base/duration.ts';
import { AppError } from '../base/errors.ts';
import type { Summary } from '../report/summary.ts';
import { renderText } from '../report/text.ts';
import type { Tone } from '../report/text-page.ts';
import { readSettings } from '../scenario/overrides.ts';
import { planScenario } from '../scenario/plan-scenario.ts';
import type { Io } from './io.ts';
import { LiveLine } from './live-line.ts';
import { newRunId } from './run-id.ts';
import { loadFromDisk, sourceOf } from './scenario.ts';
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

/** What a run says while it goes on, and at its end. */
interface Teller {
  readonly event: (event: { at: number; kind: string; message: string }, zeroAt: number) => void;
  readonly progress: (progress: Parameters<LiveLine['progress']>[0]) => void;
  readonly end: (summary: Summary, folder: string) => void;
}

function tellerOf({ json, quiet }: RunArgs, io: Io): Teller {
  const line = new LiveLine(io);
  const tellError = ({ run }: Summary) => {
    if (run.error !== undefined) io.stderr(`${run.error}\n`);
  };
  if (quiet) return { event: () => {}, progress: () => {}, end: tellError };
  if (json) {
    const write = (record: object) => io.stdout(`${JSON.stringify(record)}\n`);
    return {
      event: ({ at, kind, message }, zeroAt) =>
        write({ type: 'event', t: (at - zeroAt) / 1000, kind, message }),
      progress: (progress) => write({ type: 'progress', ...progress }),
      end: ({ run, jobs, assertions, harness }, folder) =>
        write({ type: 'result', folder, run, jobs: jobs.map(withoutCurve), assertions, harness }),
    };
  }
  return {
    event: ({ at, message }, zeroAt) => line.say(`${formatDuration(at - zeroAt)}  ${message}`),
    progress: (progress) => line.progress(progress),
    end: (summary, folder) => {
      line.clear();
      tellError(summary);
      const lines = renderText(summary, {
        columns: Math.max(60, Math.min(io.columns, 120)),
        isUnicode: true,
        style: (tone, text) => (io.hasColor ? colored(tone, text) : text),
        reportPath: folder,
      });
      io.stderr(`${lines.join('\n')}\n`);
    },
  };
}

function withoutCurve({ rollout: { steps, ratePerMinuteMax }, ...job }: Summary['jobs'][number]) {
  return { ...job, rollout: { steps, ratePerMinuteMax } };
}

const colors: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  title: 'bold',
  faint: 'dim',
  plain: 'reset',
};

function colored(tone: Tone, text: string): string {
  return tone === 'plain' ? text : styleText(colors[tone], text, { validateStream: false });
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

function checkRunId(runId: string): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/.test(runId)) return;
  throw new AppError('usage', `--run-id ${runId}: not a folder name`, {
    hint: 'use letters, digits, ".", "_" and "-"',
  });
}
