import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import type { Io } from './io.ts';
import { optionGroups } from './options.ts';

interface DiffArgs {
  readonly 'run-a': string;
  readonly 'run-b': string;
  readonly json: boolean | undefined;
}

const exitCodeHelp = `Both runs need a recording: fleetrig run --record.

Exit codes: 0 the same   99 different   2 usage`;

export function diffCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, DiffArgs> {
  return {
    command: 'diff <run-a> <run-b>',
    describe: 'Name the first message or job state at which two recorded runs part',
    builder: (yargs) =>
      yargs
        .positional('run-a', {
          type: 'string',
          demandOption: true,
          describe: 'Folder of a recorded run, or its trace.ndjson.gz',
        })
        .positional('run-b', {
          type: 'string',
          demandOption: true,
          describe: 'The run to compare with it',
        })
        .option('json', {
          type: 'boolean',
          group: optionGroups.output,
          describe: 'Everything as JSON, with the payloads of each kind',
        })
        .example('$0 diff reports/emulator reports/aws', 'what AWS does otherwise')
        .epilogue(exitCodeHelp),
    handler: async (args) => settle(await diff(args, io)),
  };
}

async function diff(args: DiffArgs, io: Io): Promise<number> {
  const { findTraces } = await import('../report/trace/read-trace.ts');
  const { diffTraces } = await import('../report/trace/trace-diff.ts');
  const { exitCodes } = await import('../run/exit-codes.ts');
  const [a, b] = await findTraces(resolve(io.cwd, args['run-a']), resolve(io.cwd, args['run-b']));
  const told = await diffTraces(a, b);
  if (args.json === true) {
    const { renderDiffJson } = await import('../report/trace/diff-json.ts');
    io.stdout(renderDiffJson(told));
  } else {
    const { renderDiffText } = await import('../report/trace/diff-text.ts');
    const lines = renderDiffText(told, {
      columns: Math.max(60, Math.min(io.outputColumns, 120)),
      isUnicode: io.isUnicode,
      style: (_, text) => text,
    });
    io.stdout(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
  }
  return told.first === undefined ? exitCodes.passed : exitCodes.failed;
}
