import type { DisconnectReason } from './lifecycle.ts';

/**
 * The MQTT 5 reason codes this broker sends, all from AWS's lists (reference §9.2). AWS uses no
 * "packet too large" (0x95), so packets past a limit are `quotaExceeded`.
 */
export const reasonCode = {
  success: 0x00,
  unspecified: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  clientIdInvalid: 0x85,
  notAuthorized: 0x87,
  serverShuttingDown: 0x8b,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  topicAliasInvalid: 0x94,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  qosNotSupported: 0x9b,
  subscriptionIdentifiersNotSupported: 0xa1,
} as const;

/** Why and how a connection is closed. */
export interface Closing {
  readonly reason: DisconnectReason;
  /** Told to an MQTT 5 client in DISCONNECT; without it the stream just ends. */
  readonly code?: number;
  readonly detail: string;
}

/** No policy allows it (reference §9.3). */
export function authError(detail: string): Closing {
  return { reason: 'AUTH_ERROR', code: reasonCode.notAuthorized, detail };
}

/** The client broke a rule: AWS closes the connection, with a reason code in MQTT 5 only. */
export function clientError(code: number, detail: string): Closing {
  return { reason: 'CLIENT_ERROR', code, detail };
}
