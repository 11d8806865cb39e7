import { join, relative, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { AppError } from '../base/errors.ts';
import { tellFileProblem } from '../base/file-problem.ts';
import type { Folder } from '../report/folder.ts';
import type { Io } from './io.ts';
import { optionGroups } from './options.ts';

interface ReportArgs {
  readonly 'run-dir': string;
  readonly out: string | undefined;
}

export function reportCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, ReportArgs> {
  return {
    command: 'report <run-dir>',
    describe: 'Make the files of a run again from its report.json',
    builder: (yargs) =>
      yargs
        .positional('run-dir', {
          type: 'string',
          demandOption: true,
          describe: 'Folder of a run, or its report.json',
        })
        .option('out', {
          type: 'string',
          group: optionGroups.output,
          describe: 'Folder to write them to [default: that of the run]',
        })
        .example('$0 report reports/latest', 'after an update of fleetrig')
        .example('$0 report report.json --out page', 'from the file alone'),
    handler: async (args) => settle(await report(args, io)),
  };
}

async function report(args: ReportArgs, io: Io): Promise<number> {
  const { readReport } = await import('../report/read-report.ts');
  const { diskFolder } = await import('../report/folder.ts');
  const { renderDerived } = await import('../report/write-report.ts');
  const { summary, folder } = await readReport(resolve(io.cwd, args['run-dir']));
  const target = args.out === undefined ? folder : resolve(io.cwd, args.out);
  const disk = diskFolder(target);
  const below = relative(io.cwd, target);
  const shown = below.startsWith('..') ? target : below;
  await renderDerived(
    {
      write: async (path, content) => {
        await write(disk, target, path, content);
        io.stdout(`wrote ${shown === '' ? '' : `${shown}/`}${path}\n`);
      },
    },
    summary,
  );
  return 0;
}

async function write(
  disk: Folder,
  folder: string,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  try {
    await disk.write(path, content);
  } catch (cause) {
    throw new AppError('setup', `cannot write ${join(folder, path)}: ${tellFileProblem(cause)}`, {
      hint: 'choose another folder with --out',
      cause,
    });
  }
}
