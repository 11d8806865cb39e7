import { withEachClient } from './clients.ts';
import { openRig, until } from './rig.ts';
import type { Figure } from './table.ts';

const things = Number(process.env['FLEETRIG_BENCH_CONNECT'] ?? 10_000);

/** Brings a fleet up as fast as it goes, then weighs both sides while it idles. */
export function benchConnect(): Promise<Figure[]> {
  return withEachClient(connectAll);
}

async function connectAll(client: string): Promise<Figure[]> {
  const rig = await openRig(`
name: connect
fleet:
  things: ${things}
  client: ${client}
  connect: { perSecond: 100000, inFlight: 400 }
jobs: [ { at: 30m, create: { jobId: none, targets: [ { thing: thing-00000 } ], document: {} } } ]
`);
  try {
    const { metrics } = rig.collector;
    await until('first delta', 10, () => metrics.gauge('rssBytes') > 0);
    await rig.settle();
    const [harnessBefore, emulatorBefore] = [rig.harness(), rig.emulator()];
    rig.start();
    await until('first connection', 30, async () => (await rig.stats()).connections > 0);
    const seconds = await until(
      'all connected',
      120,
      async () => (await rig.stats()).connections >= things,
    );
    await until('idle', 60, () => metrics.counter('requests/describe/accepted') >= things);
    const [harness, emulator] = [rig.harness(), rig.emulator()];
    await rig.settle();
    const [harnessIdle, emulatorIdle] = [rig.harness(), rig.emulator()];
    const perThing = (after: number, before: number) => (after - before) / things;
    return [
      { name: 'connect + subscribe', value: things / seconds, unit: 'things/s' },
      {
        name: 'harness CPU to connect, subscribe and ask',
        value: 1e6 * perThing(harness.cpuSeconds, harnessBefore.cpuSeconds),
        unit: 'us',
      },
      {
        name: 'emulator CPU for the same',
        value: 1e6 * perThing(emulator.cpuSeconds, emulatorBefore.cpuSeconds),
        unit: 'us',
      },
      {
        name: 'harness RSS per idle thing',
        value: perThing(harnessIdle.rssBytes, harnessBefore.rssBytes),
        unit: 'bytes',
      },
      {
        name: 'emulator RSS per connected thing',
        value: perThing(emulatorIdle.rssBytes, emulatorBefore.rssBytes),
        unit: 'bytes',
      },
    ];
  } finally {
    await rig.close();
  }
}
