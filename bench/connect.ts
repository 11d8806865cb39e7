import { CreateJobCommand, DescribeJobCommand } from '@aws-sdk/client-iot';
import { withEachClient } from './clients.ts';
import { groupArn, openRig, sleep, until } from './rig.ts';
import type { Figure } from './table.ts';

const things = Number(process.env['FLEETRIG_BENCH_CONNECT'] ?? 10_000);

interface Variant {
  readonly name: string;
  readonly mqtt: '3.1.1' | '5';
  readonly isTls: boolean;
}

const variants: readonly Variant[] = [
  { name: 'MQTT 3.1.1', mqtt: '3.1.1', isTls: false },
  { name: 'MQTT 5', mqtt: '5', isTls: false },
  { name: 'MQTT 3.1.1 over TLS', mqtt: '3.1.1', isTls: true },
];

/** Brings a fleet up as fast as it goes, then weighs both sides while it idles, and with work begun. */
export async function benchConnect(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const variant of variants) {
    const measured = await withEachClient((client) => connectAll(client, variant, things));
    figures.push(...measured.map((each) => ({ ...each, name: `${variant.name}, ${each.name}` })));
  }
  return figures;
}

/**
 * `count` things, after half as many that are not measured: what a thread or a process takes once (32 MB
 * of nursery each) is not the others' weight.
 */
export async function connectAll(
  client: string,
  { mqtt, isTls }: Pick<Variant, 'mqtt' | 'isTls'>,
  count: number,
): Promise<Figure[]> {
  const firstThings = Math.ceil(count / 2);
  const rig = await openRig(`
name: connect
clock: { scale: 1000 }
stop: { after: 1000h }
fleet:
  things: ${firstThings}
  client: ${client}
  tls: ${isTls}
  group: all
  connect: { perSecond: 100000, inFlight: 400 }
  # It never comes to the end of its work here.
  profile: { mqtt: ${mqtt}, outcome: succeed, work: 10000h }
jobs: [ { at: 900h, create: { jobId: none, document: {} } } ]
`);
  try {
    const { metrics } = rig.collector;
    const isAsked = (asked: number) => () => metrics.counter('requests/describe/accepted') >= asked;
    rig.start();
    await until('the first idle', 60, isAsked(firstThings));
    const batch = await rig.register(count);
    await rig.settle();
    const [harnessBefore, emulatorBefore] = [rig.harness(), rig.emulator()];
    rig.switchOn(batch);
    const all = firstThings + count;
    const seconds = await until(
      'all connected',
      120,
      async () => (await rig.stats()).connections >= all,
    );
    await until('idle', 60, isAsked(all));
    const [harness, emulator] = [rig.harness(), rig.emulator()];
    await rig.settle();
    const [harnessIdle, emulatorIdle] = [rig.harness(), rig.emulator()];
    const targets = [groupArn('all')];
    const { iot } = rig.world;
    await iot.send(new CreateJobCommand({ jobId: 'work', targets, document: '{}' }));
    await until('work begun', 60, async () => {
      await sleep(100);
      const { job } = await iot.send(new DescribeJobCommand({ jobId: 'work' }));
      return job?.jobProcessDetails?.numberOfInProgressThings === all;
    });
    await rig.settle();
    // This one is of all things: also the first have an execution now.
    const jobBytes = (rig.emulator().rssBytes - emulatorIdle.rssBytes) / all;
    const perThing = (after: number, before: number) => (after - before) / count;
    const emulatorBytes = perThing(emulatorIdle.rssBytes, emulatorBefore.rssBytes);
    return [
      { name: 'connect + subscribe', value: count / seconds, unit: 'things/s' },
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
      { name: 'emulator RSS per connected thing', value: emulatorBytes, unit: 'bytes' },
      {
        name: 'emulator RSS per connected thing with an execution in progress',
        value: emulatorBytes + jobBytes,
        unit: 'bytes',
      },
    ];
  } finally {
    await rig.close();
  }
}
