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

/** Of rates, and of CPU without that of the client: the latter holds on a busy machine too. */
function ratios(figures: readonly Figure[]): Figure[] {
  const sumOf = (prefix: string, pattern: RegExp) =>
    figures
      .filter(({ name }) => name.startsWith(prefix) && pattern.test(name))
      .reduce((sum, { value }) => sum + value, 0);
  return clients.flatMap((client) => {
    const [ours, theirs] = [`${client} to emulator: `, `${client} to mosquitto: `];
    const rate = sumOf(theirs, /: executions$/);
    if (rate === 0) return [];
    const cpu = /CPU of the (emulator|mosquitto|backend) /;
    return [
      {
        name: `${client}: our rate to that of mosquitto`,
        value: sumOf(ours, /: executions$/) / rate,
        unit: '×',
      },
      {
        name: `${client}: CPU of mosquitto and backend to that of the emulator`,
        value: sumOf(theirs, cpu) / sumOf(ours, cpu),
        unit: '×',
      },
    ];
  });
}
