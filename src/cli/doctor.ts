import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import type { Check } from '../run/checkup-machine.ts';
import { exitCodes } from '../run/exit-codes.ts';
import type { Io } from './io.ts';
import {
  optionGroups,
  outputOptions,
  type RehearsalArgs,
  setOption,
  workersOption,
} from './options.ts';

interface DoctorArgs extends Pick<RehearsalArgs, 'set' | 'workers' | 'out' | 'json'> {
  readonly scenario: string | undefined;
}

export function doctorCommand(
  io: Io,
  settle: (exitCode: number) => void,
): CommandModule<object, DoctorArgs> {
  return {
    command: 'doctor [scenario]',
    describe: 'What is here, what a scenario needs of it, and how to fix the rest',
    builder: (yargs) =>
      yargs
        .positional('scenario', { type: 'string', describe: 'YAML file' })
        .options(setOption)
        .options(workersOption('Worker threads of the fleet'))
        .options({ out: outputOptions.out })
        .option('json', {
          type: 'boolean',
          group: optionGroups.output,
          describe: 'The checks as one JSON object',
        })
        .example('$0 doctor', 'is this machine fit?')
        .example('$0 doctor scenarios/soak.yaml', 'is it fit for this?')
        .epilogue(
          'Exit codes:\n  0 ready   3 something needed is missing   2 a mistake in the scenario',
        ),
    handler: async (args) => settle(await doctor(args, io)),
  };
}

async function doctor(args: DoctorArgs, io: Io): Promise<number> {
  const { readRehearsal } = await import('./scenario-file.ts');
  const { readSettings } = await import('../scenario/overrides.ts');
  const { examine } = await import('../run/checkup.ts');
  const { scenario, ...flags } = args;
  const plan = scenario === undefined ? undefined : readRehearsal({ ...flags, scenario }, io).plan;
  const outDir = resolve(io.cwd, readSettings(flags, io.env).out);
  const checks = await examine({
    plan,
    outDir,
    env: io.env,
    home: io.env['HOME'] ?? homedir(),
    scenarioDir: dirname(resolve(io.cwd, scenario ?? '.')),
  });
  const all = [...checks, terminalCheck(io)];
  const isReady = all.every(({ level }) => level !== 'missing');
  io.stdout(
    args.json ? `${JSON.stringify({ ready: isReady, checks: all })}\n` : renderChecks(all, io),
  );
  return isReady ? exitCodes.passed : exitCodes.setup;
}

function terminalCheck({ isTerminal, hasColor, isUnicode, columns }: Io): Check {
  const traits = [
    hasColor ? 'colour' : 'no colour',
    isUnicode ? 'Unicode' : 'ASCII',
    `${columns} columns`,
  ].join(', ');
  const message = isTerminal ? `redraws in place, ${traits}` : `plain lines, ${traits}`;
  return { topic: 'terminal', level: 'ok', message };
}

const glyphs = {
  unicode: { ok: '✓', warning: '!', missing: '✗', arrow: '→' },
  ascii: { ok: 'ok', warning: '! ', missing: 'X ', arrow: '->' },
} as const;

/** One line a check, and below it what to do about it. */
function renderChecks(checks: readonly Check[], { isUnicode }: Io): string {
  const glyph = isUnicode ? glyphs.unicode : glyphs.ascii;
  const widest = Math.max(...checks.map(({ topic }) => topic.length));
  const lines = checks.flatMap(({ topic, level, message, fix }) => [
    `${glyph[level]} ${topic.padEnd(widest)}  ${message}`,
    ...(fix === undefined ? [] : [`  ${' '.repeat(widest)}  ${glyph.arrow} ${fix}`]),
  ]);
  return `${[...lines, '', verdictOf(checks)].join('\n')}\n`;
}

function verdictOf(checks: readonly Check[]): string {
  const count = (wanted: Check['level']) => checks.filter(({ level }) => level === wanted).length;
  const missing = count('missing');
  const warnings = count('warning');
  if (missing > 0)
    return `not ready: ${missing} ${missing === 1 ? 'thing is' : 'things are'} missing`;
  if (warnings > 0) return `ready, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
  return 'ready';
}
