import type { Packet } from 'mqtt-packet';
import type { Connection } from './connection.ts';
import { handleConnect, handleDisconnect } from './handle-connect.ts';
import { handlePublish } from './handle-publish.ts';
import { handleSubscribe, handleUnsubscribe } from './handle-subscribe.ts';
import type { HandlerContext } from './handler-context.ts';
import { pingresp } from './packet-writer.ts';
import { clientError, reasonCode } from './reason-codes.ts';

/** What the broker does with each packet of a client. */
export function handlePacket(
  context: HandlerContext,
  connection: Connection,
  packet: Packet,
): void {
  if (packet.cmd === 'connect') {
    handleConnect(context, connection, packet);
    return;
  }
  const { session } = connection;
  if (session === undefined) return;
  switch (packet.cmd) {
    case 'publish':
      handlePublish(context, connection, packet);
      return;
    case 'puback':
      session.acknowledge(packet.messageId ?? 0);
      return;
    case 'subscribe':
      handleSubscribe(context, connection, session, packet);
      return;
    case 'unsubscribe':
      handleUnsubscribe(context, connection, session, packet);
      return;
    case 'pingreq':
      connection.write(pingresp);
      return;
    case 'disconnect':
      handleDisconnect(connection, session, packet);
      return;
    default:
      connection.close(clientError(reasonCode.protocolError, `${packet.cmd} from a client`));
  }
}
