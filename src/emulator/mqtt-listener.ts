import { createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Authority } from './authority.ts';
import type { Broker } from './broker.ts';
import { type Address, listen } from './listen.ts';
import { shareReads } from './shared-reads.ts';

export interface MqttListener {
  readonly address: Address;
  /** Takes no more connections; those that are there belong to the broker. */
  stop(): void;
  /** Once the broker has ended them: lets go of what carried them. */
  close?(): Promise<void>;
}

/** Who a client may be, by its address. Without it every client may do everything. */
export type AuthorityFor = (remoteAddress: string | undefined) => Authority;

/** Plain MQTT over TCP. */
export async function listenTcp(
  broker: Broker,
  address: Address,
  log: Logger,
  authorityFor?: AuthorityFor,
): Promise<MqttListener> {
  const attach = attachTcp(broker, authorityFor);
  const server = createServer({ noDelay: true }, (socket) =>
    attach(shareReads(socket), socket.remoteAddress),
  );
  const bound = await listen(server, address, 'MQTT');
  // A connection that cannot be accepted, for want of descriptors say, must not end the others.
  server.on('error', (error) => log.error('accept failed', { error: messageOf(error) }));
  return { address: bound, stop: () => server.close() };
}

/** Has the broker serve plain MQTT clients, wherever their sockets are. */
export function attachTcp(
  broker: Broker,
  authorityFor?: AuthorityFor,
): (stream: Duplex, remoteAddress: string | undefined) => void {
  return (stream, remoteAddress) =>
    broker.attach(stream, {
      transport: 'tcp',
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
      ...(authorityFor === undefined ? {} : { authority: authorityFor(remoteAddress) }),
    });
}
