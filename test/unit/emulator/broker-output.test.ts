import { Duplex } from 'node:stream';
import { generate, type Packet } from 'mqtt-packet';
import { expect, it, onTestFinished } from 'vitest';
import { SteerableClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { Broker } from '../../../src/emulator/broker.ts';
import { defaultDialect } from '../../../src/protocol/dialect.ts';

/** A connection without a socket, that keeps each write apart. */
class MemoryStream extends Duplex {
  readonly writes: Buffer[] = [];

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk);
    done();
  }

  receive(...packets: Packet[]): Promise<void> {
    this.push(Buffer.concat(packets.map((packet) => generate(packet))));
    return new Promise((resolve) => setImmediate(resolve));
  }
}

const connect: Packet = {
  cmd: 'connect',
  clientId: 'c',
  protocolVersion: 4,
  clean: true,
  keepalive: 60,
};

it('the answers to one chunk of input leave in one write', async () => {
  const clock = new SteerableClock();
  clock.freeze();
  const broker: Broker = new Broker({
    clock,
    wallClock: clock,
    log: silentLogger,
    dialect: defaultDialect,
    random: seededRandom('1'),
    onJobsRequest: ({ client, topic }) => {
      broker.reply(client, `${topic}/accepted`, '{}');
      broker.publish('$aws/things/T/jobs/notify', '{}', { qos: 1 });
    },
  });
  onTestFinished(() => broker.close());
  const stream = new MemoryStream();
  broker.attach(stream, { transport: 'tcp' });
  const notify = { topic: '$aws/things/T/jobs/notify', qos: 1 as const };
  await stream.receive(connect, { cmd: 'subscribe', messageId: 1, subscriptions: [notify] });
  expect(stream.writes).toHaveLength(1);

  await stream.receive({
    cmd: 'publish',
    topic: '$aws/things/T/jobs/get',
    payload: '{}',
    qos: 1,
    messageId: 5,
    dup: false,
    retain: false,
  });

  expect(stream.writes).toHaveLength(2);
  const text = stream.writes[1]?.toString('latin1') ?? '';
  expect(text.indexOf('get/accepted')).toBeGreaterThan(0);
  expect(text.indexOf('jobs/notify')).toBeGreaterThan(text.indexOf('get/accepted'));
});
