import { openRig, until } from './rig.ts';
import type { Figure } from './table.ts';

const things = 10_000;

/** Brings a fleet up as fast as it goes, then weighs both sides while it idles. */
export async function benchConnect(): Promise<Figure[]> {
  const rig = await openRig(`
name: connect
clock: { scale: 1 }
fleet:
  things: ${things}
  connect: { perSecond: 100000, inFlight: 400 }
  profile: { outcome: succeed }
jobs: [ { at: 1h, create: { jobId: none, targets: [ { thing: thing-00000 } ], document: {} } } ]
`);
  try {
    await until('agents report', 10, () => rig.collector.metrics.gauge('rssBytes') > 0);
    const agentsBefore = rig.collector.metrics.gauge('rssBytes');
    const emulatorBefore = await rig.world.admin?.stats();
    rig.start();
    const count = (key: string) => rig.collector.metrics.counter(key);
    await until('first connects', 30, () => count('connects/ok') > 0);
    // Deltas come once a second: count whole seconds between the first and the last of them.
    const seconds = await until(
      'all connected',
      120,
      () => count('requests/describe/accepted') >= things,
    );
    await until('idle', 10, () => rig.collector.metrics.gauge('loop.utilization') < 0.1);
    const agentsAfter = rig.collector.metrics.gauge('rssBytes');
    const emulatorAfter = await rig.world.admin?.stats();
    return [
      { name: 'connect + subscribe + first describe', value: things / seconds, unit: 'things/s' },
      {
        name: 'harness RSS per idle thing',
        value: (agentsAfter - agentsBefore) / things,
        unit: 'bytes',
      },
      {
        name: 'emulator RSS per connected thing',
        value: ((emulatorAfter?.rssBytes ?? 0) - (emulatorBefore?.rssBytes ?? 0)) / things,
        unit: 'bytes',
      },
    ];
  } finally {
    await rig.close();
  }
}
