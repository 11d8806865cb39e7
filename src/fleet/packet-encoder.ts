import { generate, writeToStream } from 'mqtt-packet';
import { limits } from '../protocol/limits.ts';
import type { Endpoint, LinkOptions } from './link.ts';

// mqtt-packet's cache of all two-byte numbers is 6.7 MB a thread, for packets that are rare here.
writeToStream.cacheNumbers = false;

export const pingreq: Buffer = Buffer.of(0xc0, 0);

export function encodeConnect(options: LinkOptions): Buffer {
  const { clientId, protocolVersion, isCleanSession: clean, keepAliveSeconds: keepalive } = options;
  const properties = connectProperties(options);
  return generate({
    cmd: 'connect',
    clientId,
    protocolId: 'MQTT',
    protocolVersion,
    clean,
    keepalive,
    ...loginOf(options.endpoint),
    ...(properties === undefined ? {} : { properties }),
  });
}

/** What CONNECT says to a custom authorizer. */
export function loginOf({ access }: Endpoint): { username?: string; password?: Buffer } {
  if (access?.kind !== 'login') return {};
  const { userName: username, password } = access;
  return { username, ...(password === undefined ? {} : { password: Buffer.from(password) }) };
}

/** MQTT 5 forgets a session at its end unless told otherwise; 3.1.1 keeps it as AWS does. */
export function connectProperties({
  protocolVersion,
  isCleanSession,
}: Pick<LinkOptions, 'protocolVersion' | 'isCleanSession'>):
  | { maximumPacketSize: number; sessionExpiryInterval?: number }
  | undefined {
  if (protocolVersion !== 5) return undefined;
  return {
    maximumPacketSize: limits.packetBytesMax,
    ...(isCleanSession ? {} : { sessionExpiryInterval: limits.sessionExpirySecondsDefault }),
  };
}

/** At QoS 1. */
export function encodeSubscribe(
  filters: readonly string[],
  messageId: number,
  protocolVersion: 4 | 5,
): Buffer {
  const subscriptions = filters.map((topic) => ({
    topic,
    qos: 1 as const,
    ...(protocolVersion === 5 ? { nl: false, rap: false, rh: 0 } : {}),
  }));
  return generate({ cmd: 'subscribe', messageId, subscriptions }, { protocolVersion });
}

export function encodeDisconnect(protocolVersion: 4 | 5): Buffer {
  return generate({ cmd: 'disconnect' }, { protocolVersion });
}
