import { commandGroups } from '../../src/cli/commands.ts';
import { main } from '../../src/cli/main.ts';
import { memoryIo } from '../support/memory-io.ts';

/** The page of commands: what `--help` says of each. */
export async function cliReference(): Promise<string> {
  const groups = commandGroups(memoryIo(), () => {});
  const sections: string[] = [];
  for (const { title, commands } of groups) {
    sections.push(`## ${title}`);
    for (const { name } of commands) {
      sections.push(`### fleetrig ${name}\n\n${fenced(await helpOf(name, '--help'))}`);
    }
  }
  return `${[intro, fenced(await helpOf('--help')), ...sections].join('\n\n')}\n`;
}

const intro = `# Commands

Generated from the commands; \`npx vitest run test/docs -u\` renews it.

Values are taken from flags, then from \`FLEETRIG_SEED\`, \`FLEETRIG_WORKERS\` and \`FLEETRIG_OUT\`, then from the scenario, then
from defaults; \`fleetrig validate <scenario> --print-config\` tells which it was. Results go to stdout, all else to stderr.
A first scenario comes from \`fleetrig init\`, completion on the command line from \`source <(fleetrig completion bash)\`.`;

async function helpOf(...argv: string[]): Promise<string> {
  const io = memoryIo();
  await main(argv, io);
  return io.output.trimEnd();
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}
