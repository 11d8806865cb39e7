import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { AppError, messageOf } from '../base/errors.ts';
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
          describe: 'Also write a workflow that runs it for every pull request',
        })
        .option('force', { type: 'boolean', default: false, describe: 'Replace files' })
        .example('$0 init --template canary-abort', 'the one to learn from')
        .example('$0 init fw --template smoke --ci github', 'with a CI workflow')
        .epilogue(`Templates:\n${templateLines().join('\n')}`),
    handler: async (args) => {
      const template = args.template ?? (await askForTemplate(io));
      io.stdout(await init({ ...args, template }, io.cwd));
      settle(0);
    },
  };
}

function templateLines(): string[] {
  return templateNames.map((name) => `  ${name.padEnd(15)}  ${templates[name]}`);
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
    ...(ci === undefined ? [] : [workflowFor(template, scenario)]),
  ]);
  const written = await writeNewFiles({ folder, contents, force });
  const ignored = await ignoreReports(join(folder, '.gitignore'));
  const names = [...written, ...ignored].map((name) => `  + ${join(dir, name)}`);
  return [
    ...(names.length === 0 ? ['everything is there already'] : names),
    '',
    ...nextSteps(template, join(dir, scenario)),
    '',
  ].join('\n');
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

function workflowFor(template: TemplateName, scenario: string): [string, string] {
  if (template === 'boards') {
    throw new AppError('usage', 'fleetrig init: the template boards needs a board, so no --ci', {
      hint: 'take --template smoke for CI',
    });
  }
  return [
    '.github/workflows/rollout.yml',
    `# The exit code is the verdict: 0 passed, 99 an expectation failed, 98 the machine was too busy.
on: pull_request
jobs:
  rollout:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npm ci # with fleetrig among your devDependencies
      - run: npx fleetrig run ${scenario}
      - { uses: actions/upload-artifact@v4, if: always(), with: { name: rollout, path: reports } }
`,
  ];
}

/** Run folders are no sources. Adds a line to what is there; returns the file's name if it did. */
async function ignoreReports(file: string): Promise<string[]> {
  try {
    const present = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    if (/^\/?reports\/?\s*$/m.test(present)) return [];
    const separator = present === '' || present.endsWith('\n') ? '' : '\n';
    await writeFile(file, `${present}${separator}reports/\n`);
    return ['.gitignore'];
  } catch (cause) {
    throw new AppError('setup', `cannot write ${file}: ${messageOf(cause)}`, { cause });
  }
}
