import { createServer } from 'node:net';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Authority } from './authority.ts';
import type { Broker } from './broker.ts';
import { type Address, listen } from './listen.ts';

export interface MqttListener {
  readonly address: Address;
  /** Takes no more connections; those that are there belong to the broker. */
  stop(): void;
}

/** Plain MQTT over TCP. Without `authorityFor` every client may do everything. */
export async function listenTcp(
  broker: Broker,
  address: Address,
  log: Logger,
  authorityFor?: (remoteAddress: string | undefined) => Authority,
): Promise<MqttListener> {
  const server = createServer({ noDelay: true }, (socket) => {
    const { remoteAddress } = socket;
    broker.attach(socket, {
      transport: 'tcp',
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
      ...(authorityFor === undefined ? {} : { authority: authorityFor(remoteAddress) }),
    });
  });
  const bound = await listen(server, address, 'MQTT');
  // A connection that cannot be accepted, for want of descriptors say, must not end the others.
  server.on('error', (error) => log.error('accept failed', { error: messageOf(error) }));
  return { address: bound, stop: () => server.close() };
}
