import { mkdirSync, writeFileSync } from 'node:fs';
import { benchConnect } from './connect.ts';
import { benchCost } from './cost.ts';
import { benchExecutions } from './executions.ts';
import { benchPaced } from './paced.ts';
import { benchPredict } from './predict.ts';
import { type Figure, renderTable } from './table.ts';

/** `npm run bench` runs them all; `npm run bench -- paced` one. Figures also go to .cache/bench.json. */
const benches: Readonly<Record<string, () => Promise<Figure[]>>> = {
  connect: benchConnect,
  cost: benchCost,
  executions: benchExecutions,
  paced: benchPaced,
  predict: benchPredict,
};

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const results: Record<string, Figure[]> = {};
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const figures = await bench();
  results[name] = figures;
  console.log(`${renderTable(name, figures)}\n`);
}
mkdirSync('.cache', { recursive: true });
writeFileSync('.cache/bench.json', `${JSON.stringify(results, undefined, 2)}\n`);
