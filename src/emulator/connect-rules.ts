import type { IConnectPacket } from 'mqtt-packet';
import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { inboundMessage, propertiesFlaw } from './inbound-message.ts';
import type { DisconnectReason } from './lifecycle.ts';
import { reasonCode } from './reason-codes.ts';
import type { SessionFamily } from './session.ts';
import type { Will } from './session-store.ts';
import { topicFlaw } from './topic-rules.ts';

/** CONNACK codes before MQTT 5. */
const returnCode = {
  identifierRejected: 2,
  serverUnavailable: 3,
  /** AWS's own; the standard's is 5 (reference §9.1). */
  notAuthorized: 7,
} as const;

export interface ConnectTerms {
  readonly family: SessionFamily;
  /** Undefined: the broker must assign one. */
  readonly clientId: string | undefined;
  readonly isClean: boolean;
  readonly keepAliveSeconds: number;
  readonly expirySeconds: number;
  /** QoS 1 messages the client takes unacknowledged. */
  readonly inFlightMax: number;
  /** The largest packet the client takes. */
  readonly packetBytesMax: number;
  readonly will: Will | undefined;
}

export interface ConnectRefusal {
  /** For the presence event; CLIENT_ERROR when not set. */
  readonly reason?: DisconnectReason;
  /** MQTT 3.1 and 3.1.1; undefined closes without a CONNACK. */
  readonly returnCode?: number;
  readonly reasonCode: number;
  readonly detail: string;
}

export type ConnectDecision =
  | { readonly ok: true; readonly terms: ConnectTerms }
  | { readonly ok: false; readonly refusal: ConnectRefusal };

export const serverFull: ConnectRefusal = {
  returnCode: returnCode.serverUnavailable,
  reasonCode: reasonCode.quotaExceeded,
  detail: 'too many sessions',
};

/** Past a quota (reference §9.1, §9.5). */
export function connectThrottled(detail: string): ConnectRefusal {
  return {
    reason: 'THROTTLED',
    returnCode: returnCode.serverUnavailable,
    reasonCode: reasonCode.quotaExceeded,
    detail,
  };
}

export const connectNotAuthorized: ConnectRefusal = {
  returnCode: returnCode.notAuthorized,
  reasonCode: reasonCode.notAuthorized,
  detail: 'not authorized to connect',
  reason: 'AUTH_ERROR',
};

export const connectNotAuthenticated: ConnectRefusal = {
  ...connectNotAuthorized,
  detail: 'its CONNECT does not say what the authorizer asks for',
};

/** Judges a CONNECT by reference §9.1. `now` is simulated. */
export function decideConnect(packet: IConnectPacket, now: Millis): ConnectDecision {
  const refusal = clientIdRefusal(packet) ?? propertiesRefusal(packet) ?? willRefusal(packet);
  if (refusal !== undefined) return { ok: false, refusal };
  const family = packet.protocolVersion === 5 ? 5 : 3;
  const properties = packet.properties ?? {};
  return {
    ok: true,
    terms: {
      family,
      clientId: packet.clientId === '' ? undefined : packet.clientId,
      isClean: packet.clean ?? false,
      keepAliveSeconds: clampKeepAlive(packet.keepalive ?? 0),
      expirySeconds:
        family === 5
          ? clampSessionExpiry(properties.sessionExpiryInterval ?? 0)
          : packet.clean
            ? 0
            : limits.sessionExpirySecondsDefault,
      inFlightMax: Math.min(properties.receiveMaximum ?? limits.inFlightMax, limits.inFlightMax),
      packetBytesMax: properties.maximumPacketSize ?? Number.POSITIVE_INFINITY,
      will: willOf(packet, now),
    },
  };
}

/** Reference §9.1: 30..1200 s, and 0 means the most. */
export function clampKeepAlive(seconds: number): number {
  if (seconds === 0) return limits.keepAliveSecondsMax;
  return Math.min(Math.max(seconds, limits.keepAliveSecondsMin), limits.keepAliveSecondsMax);
}

export function clampSessionExpiry(seconds: number): number {
  return Math.min(seconds, limits.sessionExpirySecondsMax);
}

function clientIdRefusal({
  clientId,
  protocolVersion,
  clean,
}: IConnectPacket): ConnectRefusal | undefined {
  const detail = clientIdFlaw(clientId, protocolVersion === 5 || clean === true);
  if (detail === undefined) return undefined;
  return {
    returnCode: returnCode.identifierRejected,
    reasonCode: reasonCode.clientIdInvalid,
    detail,
  };
}

function clientIdFlaw(clientId: string, mayBeEmpty: boolean): string | undefined {
  if (clientId === '') return mayBeEmpty ? undefined : 'empty client id without a clean session';
  if (clientId.startsWith('$')) return 'client id starts with $';
  if (clientId.includes('\0')) return 'null character in the client id';
  return Buffer.byteLength(clientId) > limits.clientIdBytesMax
    ? `client id longer than ${limits.clientIdBytesMax} bytes`
    : undefined;
}

function propertiesRefusal({ properties = {} }: IConnectPacket): ConnectRefusal | undefined {
  if (properties.authenticationMethod !== undefined) {
    return { reasonCode: reasonCode.notAuthorized, detail: 'enhanced authentication' };
  }
  if (properties.receiveMaximum === 0) {
    return { reasonCode: reasonCode.unspecified, detail: 'receive maximum of 0' };
  }
  const packetBytes = properties.maximumPacketSize ?? limits.clientPacketBytesMin;
  if (packetBytes < limits.clientPacketBytesMin) {
    return {
      reasonCode: reasonCode.unspecified,
      detail: `maximum packet size below ${limits.clientPacketBytesMin}`,
    };
  }
  return undefined;
}

function willRefusal({ will }: IConnectPacket): ConnectRefusal | undefined {
  if (will === undefined) return undefined;
  if (will.qos === 2) return { reasonCode: reasonCode.qosNotSupported, detail: 'will at QoS 2' };
  const flaw = topicFlaw(will.topic);
  if (flaw !== undefined) return { reasonCode: reasonCode.topicNameInvalid, detail: flaw };
  if (will.retain && will.topic.startsWith('$')) {
    return { reasonCode: reasonCode.topicNameInvalid, detail: 'retained will on a $ topic' };
  }
  const tooBig =
    will.payload.length > limits.payloadBytesMax
      ? `will longer than ${limits.payloadBytesMax} bytes`
      : propertiesFlaw(will.properties);
  return tooBig === undefined
    ? undefined
    : { reasonCode: reasonCode.quotaExceeded, detail: tooBig };
}

function willOf({ will, clientId }: IConnectPacket, now: Millis): Will | undefined {
  if (will === undefined) return undefined;
  return {
    message: inboundMessage(will, clientId, now),
    delaySeconds: will.properties?.willDelayInterval ?? 0,
  };
}
