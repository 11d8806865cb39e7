import type { CommandModule } from 'yargs';
import type { Io } from './io.ts';
import { optionGroups } from './options.ts';

const formats = ['text', 'markdown', 'html', 'json'] as const;
export type Format = (typeof formats)[number];

export interface CompareOrder {
  readonly base: string;
  readonly head: string;
  readonly format: Format | undefined;
  readonly out: string | undefined;
  readonly failOn: readonly string[];
}

interface CompareArgs {
  readonly base: string;
  readonly head: string;
  readonly format: Format | undefined;
  readonly markdown: boolean | undefined;
  readonly json: boolean | undefined;
  readonly out: string | undefined;
  readonly 'fail-on': readonly string[] | undefined;
}

const limitHelp = `A limit reads <figure> <operator> <change>, as often as needed:
  latency.update.p99 > +10%   jobs.fw.executions.FAILED > +0   jobs.fw.status != same

Exit codes: 0 compared   99 a limit is met, or a run has no such figure   2 usage`;

export function compareCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, CompareArgs> {
  return {
    command: 'compare <base> <head>',
    describe: 'Tell what differs between two runs, and whether it is more than noise',
    builder: (yargs) =>
      yargs
        .positional('base', {
          type: 'string',
          demandOption: true,
          describe: 'Folder of a run, or its report.json',
        })
        .positional('head', {
          type: 'string',
          demandOption: true,
          describe: 'The run to compare with it',
        })
        .option('fail-on', {
          type: 'string',
          array: true,
          nargs: 1,
          group: 'Limits:',
          describe: 'Exit with 99 when a figure changes so',
        })
        .option('format', {
          choices: formats,
          group: optionGroups.output,
          describe: 'Of what is told [default: as --out ends, or text]',
        })
        .option('markdown', {
          type: 'boolean',
          group: optionGroups.output,
          describe: 'The same as --format markdown',
        })
        .option('json', {
          type: 'boolean',
          group: optionGroups.output,
          describe: 'The same as --format json',
        })
        .option('out', {
          type: 'string',
          group: optionGroups.output,
          describe: 'File to write it to',
        })
        .conflicts('markdown', ['format', 'json'])
        .conflicts('json', 'format')
        .example('$0 compare reports/main reports/latest', 'what has changed')
        .example('$0 compare a b --fail-on "run.duration>+5%"', 'a gate in CI')
        .example('$0 compare a b --out compare.html', 'with charts')
        .epilogue(limitHelp),
    handler: async ({ base, head, format, markdown, json, out, 'fail-on': failOn = [] }) => {
      // The charts and the schema of reports are not needed for --help.
      const { compareReports } = await import('./compare-reports.ts');
      const order: CompareOrder = {
        base,
        head,
        format: markdown ? 'markdown' : json ? 'json' : format,
        out,
        failOn,
      };
      settle(await compareReports(order, io));
    },
  };
}
