import type { IConnackPacket, IConnectPacket, IDisconnectPacket } from 'mqtt-packet';
import { limits } from '../protocol/limits.ts';
import {
  type ConnectRefusal,
  type ConnectTerms,
  clampSessionExpiry,
  connectNotAuthenticated,
  connectNotAuthorized,
  connectThrottled,
  decideConnect,
  serverFull,
} from './connect-rules.ts';
import type { Connection, ConnectionInfo } from './connection.ts';
import type { HandlerContext } from './handler-context.ts';
import { encode } from './packet-writer.ts';
import { type Closing, clientError, reasonCode } from './reason-codes.ts';
import type { Session } from './session.ts';

const takenOver: Closing = {
  reason: 'DUPLICATE_CLIENTID',
  code: reasonCode.sessionTakenOver,
  detail: 'another connection uses the client id',
};
const clientLeft: Closing = { reason: 'CLIENT_INITIATED_DISCONNECT', detail: 'DISCONNECT' };

/** CONNECT: takes over from an older connection, resumes or starts a session, answers. */
export function handleConnect(
  context: HandlerContext,
  connection: Connection,
  packet: IConnectPacket,
): void {
  const { clock, sessions, limits: bounds, newClientId } = context;
  connection.version = packet.protocolVersion ?? 4;
  const decision = decideConnect(packet, clock.now());
  if (!decision.ok) {
    refuse(context, connection, packet.clientId, decision.refusal);
    return;
  }
  const { terms } = decision;
  const clientId = terms.clientId ?? newClientId();
  const unauthorized = findUnauthorized(connection, packet, clientId);
  if (unauthorized !== undefined) {
    refuse(context, connection, clientId, unauthorized);
    return;
  }
  const throttled = context.throttle.connectFlaw(clientId);
  if (throttled !== undefined) {
    refuse(context, connection, clientId, connectThrottled(throttled));
    return;
  }
  const known = sessions.get(clientId);
  if (known === undefined && sessions.size >= bounds.sessionsMax) {
    refuse(context, connection, clientId, serverFull);
    return;
  }
  known?.link?.close(takenOver);
  const { session, isPresent } = sessions.open({ ...terms, clientId });
  session.link = connection;
  connection.open(session, clientId, terms);
  connection.write(encode(connack(packet, clientId, terms, isPresent), connection.version));
  context.lifecycle({ type: 'connected', clientId, ...originOf(connection) });
  session.resume();
}

function findUnauthorized(
  { info: { authority } }: Connection,
  packet: IConnectPacket,
  clientId: string,
): ConnectRefusal | undefined {
  if (authority?.admits?.(packet) === false) return connectNotAuthenticated;
  return authority?.permits('Connect', clientId, clientId) === false
    ? connectNotAuthorized
    : undefined;
}

/** DISCONNECT: the one end that may forget the will. */
export function handleDisconnect(
  connection: Connection,
  session: Session,
  packet: IDisconnectPacket,
): void {
  const expiry = packet.properties?.sessionExpiryInterval;
  if (expiry !== undefined) {
    if (session.expirySeconds === 0 && expiry > 0) {
      connection.close(clientError(reasonCode.protocolError, 'session expiry was 0'));
      return;
    }
    session.expirySeconds = clampSessionExpiry(expiry);
  }
  // Only reason code 0 does; 0x04 asks for the will.
  if ((packet.reasonCode ?? reasonCode.success) === reasonCode.success) {
    connection.will = undefined;
  }
  connection.close(clientLeft);
}

function refuse(
  context: HandlerContext,
  connection: Connection,
  clientId: string,
  refusal: ConnectRefusal,
): void {
  if (connection.version === 5) {
    connection.write(
      encode({ cmd: 'connack', reasonCode: refusal.reasonCode, sessionPresent: false }, 5),
    );
  } else if (refusal.returnCode !== undefined) {
    connection.write(
      encode({ cmd: 'connack', returnCode: refusal.returnCode, sessionPresent: false }, 4),
    );
  }
  const { reason = 'CLIENT_ERROR', detail } = refusal;
  connection.clientId = clientId;
  connection.close({ reason, detail });
  context.lifecycle({ type: 'connect_failed', clientId, ...originOf(connection), reason });
}

/** Whence and as whom it came, as far as known. */
function originOf({ info }: Connection): Pick<ConnectionInfo, 'remoteAddress' | 'principalId'> {
  const { remoteAddress, principalId } = info;
  return {
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
    ...(principalId === undefined ? {} : { principalId }),
  };
}

function connack(
  packet: IConnectPacket,
  clientId: string,
  terms: ConnectTerms,
  sessionPresent: boolean,
): IConnackPacket {
  const isLevel3 = packet.protocolVersion === 3;
  if (terms.family === 3) {
    // MQTT 3.1 has no session present flag.
    return { cmd: 'connack', returnCode: 0, sessionPresent: sessionPresent && !isLevel3 };
  }
  const { keepAliveSeconds, expirySeconds } = terms;
  return {
    cmd: 'connack',
    reasonCode: reasonCode.success,
    sessionPresent,
    properties: {
      sessionExpiryInterval: expirySeconds,
      receiveMaximum: limits.inFlightMax,
      maximumQoS: 1,
      retainAvailable: true,
      maximumPacketSize: limits.packetBytesMax,
      topicAliasMaximum: limits.topicAliasMax,
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifiersAvailable: false,
      sharedSubscriptionAvailable: true,
      ...(terms.clientId === undefined ? { assignedClientIdentifier: clientId } : {}),
      ...(keepAliveSeconds === packet.keepalive ? {} : { serverKeepAlive: keepAliveSeconds }),
    },
  };
}
