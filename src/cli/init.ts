import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { AppError } from '../base/errors.ts';
import { isMissing, tellFileProblem } from '../base/file-problem.ts';
import type { Io } from './io.ts';
import { readTemplate, type TemplateName, templateNames, templates } from './templates.ts';

interface InitArgs {
  readonly dir: string;
  readonly template: TemplateName | undefined;
  readonly ci: 'github' | undefined;
  readonly force: boolean;
}

export function initCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, InitArgs> {
  return {
    command: 'init [dir]',
    describe: 'Begin: a commented scenario, its schema for your editor, a CI workflow',
    builder: (yargs) =>
      yargs
        .positional('dir', {
          type: 'string',
          default: '.',
          describe: 'Root of your repository; scenarios go into its folder scenarios/',
        })
        .option('template', {
          choices: templateNames,
          requiresArg: true,
          describe: 'What to begin with; asked for on a terminal',
        })
        .option('ci', {
          choices: ['github'] as const,
          requiresArg: true,
          describe: 'Also write a workflow; without --template, it alone',
        })
        .option('force', { type: 'boolean', default: false, describe: 'Replace files' })
        .example('$0 init --template canary-abort', 'the one to learn from')
        .example('$0 init fw --template smoke --ci github', 'with a CI workflow')
        .example('$0 init --ci github', 'a CI workflow for what is in scenarios/')
        .epilogue(`Templates:\n${templateLines().join('\n')}`),
    handler: async (args) => {
      io.stdout((await initCi(args, io.cwd)) ?? (await init(await completed(args, io), io.cwd)));
      settle(0);
    },
  };
}

function templateLines(): string[] {
  return templateNames.map((name) => `  ${name.padEnd(15)}  ${templates[name]}`);
}

async function completed(args: InitArgs, io: Io) {
  return { ...args, template: args.template ?? (await askForTemplate(io)) };
}

async function askForTemplate({ choose }: Io): Promise<TemplateName> {
  const choices = templateNames.map((value) => ({ value, describe: templates[value] }));
  const answer = await choose?.('What would you like to rehearse?', choices);
  const template = templateNames.find((name) => name === answer);
  if (template !== undefined) return template;
  throw new AppError('usage', 'fleetrig init: name a template with --template', {
    hint: templateLines().join('\n'),
  });
}

/** Writes everything or nothing, and returns what to tell about it. */
async function init(
  { dir, template, ci, force }: InitArgs & { readonly template: TemplateName },
  cwd: string,
): Promise<string> {
  const { writeNewFiles } = await import('./new-files.ts');
  const { schemaText } = await import('./scenario.ts');
  const folder = resolve(cwd, dir);
  const scenario = `scenarios/${template}.yaml`;
  const contents = new Map([
    [scenario, readTemplate(template)],
    ['scenarios/fleetrig.schema.json', await schemaText()],
    ...(ci === undefined ? [] : [await workflowOfTemplate(template, scenario)]),
  ]);
  const written = await writeNewFiles({ folder, contents, force });
  const ignored = await ignoreReports(join(folder, '.gitignore'));
  return [
    ...tellFiles(dir, [...contents.keys()], [...written, ...ignored]),
    '',
    ...nextSteps(template, join(dir, scenario)),
    '',
  ].join('\n');
}

function tellFiles(dir: string, all: readonly string[], written: readonly string[]): string[] {
  if (written.length > 0) return written.map((name) => `  + ${join(dir, name)}`);
  return [`there already: ${all.map((name) => join(dir, name)).join(', ')}`];
}

/** The workflow alone, for the scenarios that are there; undefined where that is not what was asked for. */
async function initCi(
  { dir, template, ci, force }: InitArgs,
  cwd: string,
): Promise<string | undefined> {
  if (ci === undefined || template !== undefined) return undefined;
  const [{ renderWorkflow, scenariosForCi, workflowFile }, { writeNewFiles }] = await Promise.all([
    import('./ci-workflow.ts'),
    import('./new-files.ts'),
  ]);
  const folder = resolve(cwd, dir);
  const scenarios = scenariosForCi(folder);
  if (scenarios.length === 0) return undefined;
  const contents = new Map([[workflowFile, renderWorkflow(scenarios)]]);
  const written = await writeNewFiles({ folder, contents, force });
  return `${tellFiles(dir, [workflowFile], written).join('\n')}\n`;
}

function nextSteps(template: TemplateName, scenario: string): string[] {
  const predict = `  npx fleetrig predict ${scenario}`;
  if (template === 'boards') {
    return [
      `Next: the first lines of ${scenario} tell how to connect your board. Until then:`,
      predict,
    ];
  }
  return ['Next:', predict, `  npx fleetrig run ${scenario}`];
}

async function workflowOfTemplate(
  template: TemplateName,
  scenario: string,
): Promise<[string, string]> {
  if (template === 'boards') {
    throw new AppError('usage', 'fleetrig init: the template boards needs a board, so no --ci', {
      hint: 'take --template smoke for CI',
    });
  }
  const { renderWorkflow, workflowFile } = await import('./ci-workflow.ts');
  return [workflowFile, renderWorkflow([scenario])];
}

/** Run folders are no sources. Adds a line to what is there; returns the file's name if it did. */
async function ignoreReports(file: string): Promise<string[]> {
  try {
    const present = await readFile(file, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return '';
      throw error;
    });
    if (/^\/?reports\/?\s*$/m.test(present)) return [];
    const separator = present === '' || present.endsWith('\n') ? '' : '\n';
    await writeFile(file, `${present}${separator}reports/\n`);
    return ['.gitignore'];
  } catch (cause) {
    throw new AppError('setup', `cannot write ${file}: ${tellFileProblem(cause)}`, { cause });
  }
}
