import type { CommandModule } from 'yargs';
import type { Io } from './io.ts';
import { optionGroups, outputOptions } from './options.ts';

export interface CleanupOrder {
  readonly runDir: string | undefined;
  readonly allRuns: boolean;
  readonly olderThan: string | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly endpoint: string | undefined;
}

interface CleanupArgs {
  readonly 'run-dir': string | undefined;
  readonly 'all-runs': boolean | undefined;
  readonly 'older-than': string | undefined;
  readonly out: string | undefined;
  readonly json: boolean | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly endpoint: string | undefined;
}

const help = `It goes by resources.ndjson, the journal in the run folder, and removes nothing else; doing it
again goes on with what is left. Keys of the run are removed too.

Exit codes: 0 nothing is left   3 something is left, or AWS cannot be asked   2 usage`;

export function cleanupCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, CleanupArgs> {
  return {
    command: 'cleanup [run-dir]',
    describe: 'Remove what a run has left in an AWS account',
    builder: (yargs) =>
      yargs
        .positional('run-dir', { type: 'string', describe: 'Folder of a run' })
        .option('all-runs', { type: 'boolean', describe: 'Of every run folder below --out' })
        .option('older-than', {
          type: 'string',
          describe: 'Only of runs that began so long ago, such as 2h; with --all-runs',
        })
        .option('region', { type: 'string', describe: 'Where the journal names none' })
        .option('profile', { type: 'string', describe: 'Where the journal names none' })
        .option('endpoint', { type: 'string', describe: 'Where the journal names none' })
        .options({ out: outputOptions.out })
        .option('json', {
          type: 'boolean',
          group: optionGroups.output,
          describe: 'One JSON object a run',
        })
        .conflicts('run-dir', 'all-runs')
        .example('$0 cleanup reports/latest', 'after a crash, or --keep')
        .example('$0 cleanup --all-runs --older-than 2h', 'once a night')
        .epilogue(help),
    handler: async (args) => {
      const { cleanRuns } = await import('./clean-runs.ts');
      const order: CleanupOrder = {
        runDir: args['run-dir'],
        allRuns: args['all-runs'] ?? false,
        olderThan: args['older-than'],
        out: args.out,
        json: args.json ?? false,
        region: args.region,
        profile: args.profile,
        endpoint: args.endpoint,
      };
      settle(await cleanRuns(order, io));
    },
  };
}
