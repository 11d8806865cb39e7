import { CreateJobCommand } from '@aws-sdk/client-iot';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { withEachClient } from './clients.ts';
import { openRig, sleep, until } from './rig.ts';
import type { Figure } from './table.ts';

/** Things, which is exchanges a second. */
const paces = (process.env['FLEETRIG_BENCH_PACES'] ?? '1000,5000').split(',').map(Number);
const scale = 20;
const windowMs = 10_000;

/**
 * So many update exchanges a second, open loop: each thing reports progress once a second, whatever the
 * answers do. Latency counts from when a report was due.
 */
export async function benchPaced(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const things of paces) {
    figures.push(...(await withEachClient((client) => exchangeAtPace(client, things))));
  }
  return figures;
}

async function exchangeAtPace(client: string, things: number): Promise<Figure[]> {
  const rig = await openRig(`
name: paced
clock: { scale: ${scale} }
stop: { after: 10h }
fleet:
  things: ${things}
  client: ${client}
  group: all
  connect: { perSecond: 4000, inFlight: 400 }
  # 1,200 simulated seconds of work in 60 steps: one report every 20 simulated seconds, one wall second.
  profile: { outcome: succeed, work: 20m, progress: { steps: 59 } }
jobs: [ { at: 9h, create: { jobId: none, document: {} } } ]
`);
  try {
    const { collector } = rig;
    rig.start();
    await until('all connected', 60, async () => (await rig.stats()).connections >= things);
    const targets = [rig.groupArn('all')];
    await rig.world.iot.send(new CreateJobCommand({ jobId: 'paced', targets, document: '{}' }));
    await until('all started', 60, async () => (await rig.notified('paced')) >= things);
    await sleep(2000);
    const from = collector.intervals.length;
    const [harnessBefore, emulatorBefore] = [rig.harness(), rig.emulator()];
    await sleep(windowMs);
    const [harness, emulator] = [rig.harness(), rig.emulator()];
    const window = collector.intervals
      .slice(from)
      .filter(({ operation }) => operation === 'update');
    const [first, ...rest] = window.map(({ hdrBase64 }) => decodeFromCompressedBase64(hdrBase64));
    if (first === undefined) throw new Error('no updates in the window');
    for (const histogram of rest) first.add(histogram);
    const count = first.totalCount;
    const each = (after: number, before: number) => (1e6 * (after - before)) / count;
    const figures = [
      { name: 'exchanges', value: count / (windowMs / 1000), unit: 'exchanges/s' },
      { name: 'p50 from due', value: first.getValueAtPercentile(50) / 1000, unit: 'ms' },
      { name: 'p99 from due', value: first.getValueAtPercentile(99) / 1000, unit: 'ms' },
      {
        name: 'event loop delay p99 of the workers',
        value: collector.metrics.gauge('loop.delayP99Ms'),
        unit: 'ms',
      },
      {
        name: 'harness CPU for one',
        value: each(harness.cpuSeconds, harnessBefore.cpuSeconds),
        unit: 'us',
      },
      {
        name: 'emulator CPU for one',
        value: each(emulator.cpuSeconds, emulatorBefore.cpuSeconds),
        unit: 'us',
      },
    ];
    return figures.map((figure) => ({ ...figure, name: `${things}/s: ${figure.name}` }));
  } finally {
    await rig.close();
  }
}
