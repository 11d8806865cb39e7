import { openRig, until } from './rig.ts';
import type { Figure } from './table.ts';

const things = 10_000;

/** Brings a fleet up as fast as it goes, then weighs both sides while it idles. */
export async function benchConnect(): Promise<Figure[]> {
  const rig = await openRig(`
name: connect
fleet:
  things: ${things}
  connect: { perSecond: 100000, inFlight: 400 }
jobs: [ { at: 30m, create: { jobId: none, targets: [ { thing: thing-00000 } ], document: {} } } ]
`);
  try {
    const { metrics } = rig.collector;
    await until('first delta', 10, () => metrics.gauge('rssBytes') > 0);
    const harnessBefore = metrics.gauge('rssBytes');
    const emulatorBefore = await rig.stats();
    rig.start();
    await until('first connection', 30, async () => (await rig.stats()).connections > 0);
    const seconds = await until(
      'all connected',
      120,
      async () => (await rig.stats()).connections >= things,
    );
    await until('idle', 30, () => metrics.counter('requests/describe/accepted') >= things);
    await rig.settle();
    const emulatorAfter = await rig.stats();
    return [
      { name: 'connect + subscribe', value: things / seconds, unit: 'things/s' },
      {
        name: 'harness RSS per idle thing',
        value: (metrics.gauge('rssBytes') - harnessBefore) / things,
        unit: 'bytes',
      },
      {
        name: 'emulator RSS per connected thing',
        value: (emulatorAfter.rssBytes - emulatorBefore.rssBytes) / things,
        unit: 'bytes',
      },
    ];
  } finally {
    await rig.close();
  }
}
