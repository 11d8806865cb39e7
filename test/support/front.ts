import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Broker } from '../../src/emulator/broker.ts';
import { Front } from '../../src/emulator/front.ts';
import { FrontLink } from '../../src/emulator/front-link.ts';
import { type Address, listen } from '../../src/emulator/listen.ts';
import { attachTcp, type MqttListener } from '../../src/emulator/mqtt-listener.ts';

export interface FrontListener extends MqttListener {
  close(): Promise<void>;
  /** The front's end of the link, and the engine's. */
  readonly link: Socket;
  readonly engineEnd: Socket;
  /** The clients' sockets that are in it. */
  readonly sockets: ReadonlySet<Socket>;
}

/** As `listenTcp`, but the sockets are in a front, which is in our own process all the same. */
export async function listenThroughFront(broker: Broker, address: Address): Promise<FrontListener> {
  const [link, engineEnd] = await socketPair();
  const front = new Front(link);
  const frontLink = new FrontLink(engineEnd, attachTcp(broker));
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    front.take(socket);
  });
  const bound = await listen(server, address, 'MQTT');
  return {
    address: bound,
    link,
    engineEnd,
    sockets,
    stop: () => server.close(),
    close: async () => {
      frontLink.end();
      if (!link.closed) await once(link, 'close');
    },
  };
}

async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer({ noDelay: true });
  const { port, host } = await listen(server, { host: '127.0.0.1', port: 0 }, 'a pair');
  const one = connect({ port, host, noDelay: true });
  const [other]: Socket[] = await once(server, 'connection');
  server.close();
  if (other === undefined) throw new Error('a connection has two ends');
  return [one, other];
}
