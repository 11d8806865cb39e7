import { openMosquitto, openOurs, runClosedLoop } from './closed-loop.ts';
import type { BenchClient } from './crew.ts';
import { hasMosquitto } from './mosquitto.ts';
import type { Figure } from './table.ts';

const workload = {
  things: Number(process.env['FLEETRIG_BENCH_REFERENCE'] ?? 5000),
  jobs: 8,
  progressSteps: 0,
};
const clients: readonly BenchClient[] = ['packet', 'mqttjs', 'plain'];

/**
 * Whole executions with the same things and clients, against our emulator and against mosquitto with a
 * minimal backend; `plain` is `mqtt.connect()` with its defaults.
 */
export async function benchReference(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const services = hasMosquitto()
    ? ([
        ['emulator', openOurs],
        ['mosquitto', openMosquitto],
      ] as const)
    : ([['emulator', openOurs]] as const);
  if (!hasMosquitto()) console.error('no mosquitto here: only our own emulator is measured');
  for (const client of clients) {
    for (const [service, open] of services) {
      const measured = await runClosedLoop(client, open, workload);
      const prefix = `${client} to ${service}`;
      figures.push(...measured.map((each) => ({ ...each, name: `${prefix}: ${each.name}` })));
    }
  }
  return [...figures, ...ratios(figures)];
}

function ratios(figures: readonly Figure[]): Figure[] {
  const rate = (client: BenchClient, service: string) =>
    figures.find(({ name }) => name === `${client} to ${service}: executions`)?.value;
  return clients.flatMap((client) => {
    const [ours, theirs] = [rate(client, 'emulator'), rate(client, 'mosquitto')];
    if (ours === undefined || theirs === undefined) return [];
    return [{ name: `${client}: ours to mosquitto's rate`, value: ours / theirs, unit: '×' }];
  });
}
