import { openOurs, runClosedLoop } from './closed-loop.ts';
import type { BenchClient } from './crew.ts';
import type { Figure } from './table.ts';

const workload = {
  things: Number(process.env['FLEETRIG_BENCH_EXCHANGES'] ?? 5000),
  jobs: 1,
  progressSteps: 20,
};
const clients: readonly BenchClient[] = ['packet', 'mqttjs', 'plain'];

/** Updates and their answers as fast as they go, one under way from each thing. */
export async function benchExchanges(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const client of clients) {
    const measured = await runClosedLoop(client, openOurs, workload);
    figures.push(...measured.map((each) => ({ ...each, name: `${client}: ${each.name}` })));
  }
  return figures;
}
