import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openEmulatorWorld } from '../src/run/emulator-world.ts';
import { ended, hasMosquitto, startMosquitto } from './mosquitto.ts';
import { readProcess, readProcesses } from './process-usage.ts';
import { fail, pidsOf, planOf } from './rig.ts';
import type { Figure } from './table.ts';

const messages = 50_000;
const line = `${JSON.stringify({ status: 'IN_PROGRESS', padding: 'x'.repeat(120) })}\n`;

/** One `mosquitto_pub` to one `mosquitto_sub`, over our broker and over mosquitto. */
export async function benchPublish(): Promise<Figure[]> {
  if (!hasMosquitto()) {
    console.error('no mosquitto_pub here: nothing to measure');
    return [];
  }
  const world = await openEmulatorWorld(
    planOf(`
name: publish
fleet: { things: 1 }
jobs: [ { at: 30m, create: { jobId: none, targets: [ { thing: thing-00000 } ], document: {} } } ]
`),
    fail,
  );
  const mosquitto = await startMosquitto();
  try {
    const figures: Figure[] = [];
    for (const qos of [0, 1]) {
      figures.push(
        ...(await measure(`QoS ${qos}, emulator`, world.mqtt.port, qos, () =>
          readProcesses(pidsOf(world)),
        )),
        ...(await measure(`QoS ${qos}, mosquitto`, mosquitto.port, qos, () =>
          readProcess(mosquitto.pid),
        )),
      );
    }
    return figures;
  } finally {
    await mosquitto.close();
    await world.close();
  }
}

async function measure(
  name: string,
  port: number,
  qos: number,
  usage: () => { readonly cpuSeconds: number },
): Promise<Figure[]> {
  const broker = ['-h', '127.0.0.1', '-p', String(port), '-q', String(qos), '-t', 'bench/one'];
  const subscriber = spawn('mosquitto_sub', [...broker, '-i', 'bench-sub'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const publisher = spawn('mosquitto_pub', [...broker, '-i', 'bench-pub', '-l'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  try {
    let received = 0;
    const count = (data: Buffer): void => {
      for (const byte of data) if (byte === 10) received++;
    };
    subscriber.stdout.on('data', count);
    // The first message that arrives proves the subscription.
    while (received === 0) {
      publisher.stdin.write(line);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    const first = received;
    const before = usage();
    const from = performance.now();
    publisher.stdin.end(line.repeat(messages));
    let arrivedAt = from;
    let seen = first;
    while (received < first + messages) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (received > seen) arrivedAt = performance.now();
      seen = received;
      // At QoS 0 a broker may drop what it has no room for.
      if (performance.now() - arrivedAt > 3000) break;
    }
    const seconds = (arrivedAt - from) / 1000;
    const arrived = received - first;
    return [
      { name: `${name}: delivered`, value: arrived / seconds, unit: 'messages/s' },
      { name: `${name}: lost`, value: messages - arrived, unit: 'messages' },
      {
        name: `${name}: broker CPU`,
        value: (1e6 * (usage().cpuSeconds - before.cpuSeconds)) / messages,
        unit: 'us',
      },
    ];
  } finally {
    await ended(subscriber);
    if (publisher.exitCode === null)
      await Promise.race([once(publisher, 'exit'), ended(publisher)]);
  }
}
