/**
 * `npm run bench` runs them all, `npm run bench -- paced http` some. Each figure goes to the table on
 * stdout and to `.cache/bench/<name>.json`. `--repeat 3` shows medians of three runs, `--compare
 * old.json` how often the old value each figure is.
 */
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { entryBeside } from '../src/base/entry.ts';
import { benches } from './benches.ts';
import { describeSurroundings, medianOf, ratioTo, readResults, saveResults } from './results.ts';
import { type Figure, renderTable } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repeat: { type: 'string', default: '1' },
    compare: { type: 'string' },
  },
});
const repeats = Number(values.repeat);
const unknown = positionals.filter((name) => benches[name] === undefined);
if (unknown.length > 0 || !(repeats >= 1)) {
  console.error(`usage: npm run bench -- [--repeat N] [--compare old.json] [name …]`);
  console.error(`names: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const names =
  positionals.length > 0
    ? positionals
    : Object.keys(benches).filter((name) => benches[name]?.isExtra !== true);
const old = values.compare === undefined ? undefined : readResults(values.compare);
const surroundings = { ...describeSurroundings(), repeats };
const measured: Record<string, readonly Figure[]> = {};
const problems: string[] = [];

for (const name of names) {
  const runs: Figure[][] = [];
  for (let run = 0; run < repeats; run++) {
    console.error(`${name} ${run + 1} of ${repeats} …`);
    const figures = await runOne(name);
    if (figures !== undefined) runs.push(figures);
  }
  if (runs.length === 0) continue;
  const figures = medianOf(runs);
  measured[name] = figures;
  console.log(`${renderTable(name, figures, (figure) => ratioTo(old, name, figure))}\n`);
  saveResults(name, { ...surroundings, benches: { [name]: figures } });
  problems.push(...(benches[name]?.judge?.(figures) ?? []).map((text) => `${name}: ${text}`));
}
if (names.length > 1) saveResults('all', { ...surroundings, benches: measured });
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** In a process of its own, so that no bench pays for the garbage of another. */
async function runOne(name: string): Promise<Figure[] | undefined> {
  const { file, execArgv } = entryBeside(import.meta.url, 'one');
  const child = fork(file, [name], {
    execArgv: [...execArgv],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  let figures: Figure[] | undefined;
  child.once('message', (message) => {
    figures = message as Figure[];
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) problems.push(`${name}: not all of it could be measured (exit code ${code})`);
  return figures;
}
