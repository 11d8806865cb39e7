import type { Figure } from './table.ts';

/** `FLEETRIG_BENCH_CLIENTS=packet` runs a bench with that one only. */
const kinds = (process.env['FLEETRIG_BENCH_CLIENTS'] ?? 'mqttjs,packet').split(',');

/** The same bench with each MQTT client, one after the other: figures to be compared come from one run. */
export async function withEachClient(bench: (client: string) => Promise<Figure[]>) {
  const figures: Figure[] = [];
  for (const kind of kinds) {
    const ofKind = await bench(kind);
    figures.push(...ofKind.map((figure) => ({ ...figure, name: `${kind}: ${figure.name}` })));
  }
  return figures;
}
