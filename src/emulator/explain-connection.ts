import type { Connection } from './connection.ts';
import type { Finding } from './diagnosis.ts';
import type { DisconnectReason } from './lifecycle.ts';

/** Undefined for ends that are the client's own or the operator's doing. */
const advice: Readonly<Record<DisconnectReason, string | undefined>> = {
  AUTH_ERROR: 'Attach a policy that allows it to the client’s certificate.',
  CLIENT_ERROR:
    'Keep to MQTT and to AWS’s limits: QoS 0 or 1, 8 topic levels, 128 KB, 8 filters a packet.',
  DUPLICATE_CLIENTID: 'Give each client an id of its own; AWS ends the older connection.',
  MQTT_KEEP_ALIVE_TIMEOUT: 'Send something, PINGREQ at least, once per keep-alive interval.',
  THROTTLED: 'Connect again later with backoff and jitter, or start without --quotas.',
  CLIENT_INITIATED_DISCONNECT: undefined,
  CONNECTION_LOST: undefined,
  SERVER_INITIATED_DISCONNECT: undefined,
};

/** Why the broker ended a connection; undefined when it did not. */
export function explainClosing(
  { clientId, session, info }: Connection,
  reason: DisconnectReason,
  detail: string,
): Finding | undefined {
  const next = advice[reason];
  if (next === undefined) return undefined;
  const isConnected = session !== undefined;
  return {
    wire: 'mqtt',
    client: clientId === '' ? info.remoteAddress : clientId,
    request: isConnected ? 'connection' : 'CONNECT',
    outcome: `${isConnected ? 'disconnected' : 'refused'}: ${reason}`,
    why: `${detail}.`,
    next,
  };
}

/** An answer that its requester will not see, or may not see. */
export function explainUnheardReply(
  clientId: string,
  topic: string,
  how: 'gone' | 'unsubscribed',
): Finding {
  const about = { wire: 'mqtt', client: clientId, request: topic } as const;
  return how === 'gone'
    ? {
        ...about,
        outcome: 'no answer',
        why: 'The connection that asked was gone before the answer; answers go nowhere else.',
        next: 'Stay connected until the answer is there, or ask again.',
      }
    : {
        ...about,
        outcome: 'answered at QoS 0',
        why: 'The client is not subscribed to the topic of the answer. AWS sends it all the same, and many libraries drop it.',
        next: `Subscribe to ${topic} before asking.`,
      };
}
