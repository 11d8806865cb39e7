import type { CommandGroup } from './command.ts';

export const exitCodeHelp = `Exit codes:
  0 passed   99 an expectation failed   98 inconclusive (harness too late, or a limit reached)
  2 usage or scenario error   3 set-up failed   1 internal error   130/143 interrupted`;

const firstSteps = `Examples:
  fleetrig init --template canary-abort                a first scenario, with comments
  fleetrig predict scenarios/canary-abort.yaml         what will happen, in a second
  fleetrig run scenarios/canary-abort.yaml             the same over real MQTT, judged`;

/** Whether a command line asks for the list of commands and nothing else. */
export function asksForOverview(argv: readonly string[]): boolean {
  const isHelp = (word: string) => word === '--help' || word === '-h' || word === 'help';
  return argv.some(isHelp) && argv.every((word) => isHelp(word) || word.startsWith('-'));
}

/** The commands by purpose, one line each, at most `columns` wide. */
export function renderOverview(groups: readonly CommandGroup[], columns: number): string {
  const widest = Math.max(...groups.flatMap(({ commands }) => commands.map(usageLength)));
  const lines = groups.flatMap(({ title, commands }) => [
    `${title}:`,
    ...commands.flatMap(({ usage, describe }) =>
      hang(`  ${usage.padEnd(widest)}  `, describe, columns),
    ),
    '',
  ]);
  return [
    'fleetrig <command> [options]',
    '',
    'Rehearse AWS IoT Jobs rollouts with a simulated fleet.',
    '',
    ...lines,
    firstSteps,
    '',
    exitCodeHelp,
    '',
    'fleetrig <command> --help tells a command’s options and examples; --version the version.',
  ].join('\n');
}

function usageLength({ usage }: { readonly usage: string }): number {
  return usage.length;
}

/** Text after a label, broken between words into lines that start where the first one does. */
function hang(label: string, text: string, columns: number): string[] {
  const room = Math.max(20, columns - label.length);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line, index) => `${index === 0 ? label : ' '.repeat(label.length)}${line}`);
}
