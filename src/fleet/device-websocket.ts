import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocket } from 'ws';
import { wallNow } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { presignedMqttPath } from '../protocol/sigv4.ts';
import { openWebSocketSocket } from './device-socket.ts';
import type { LinkOptions } from './link.ts';

/** A stream of bytes that an MQTT client talks over. */
export interface DeviceStream extends Duplex {
  /** Ends once what was written has left; the other side cannot put it off for long. */
  destroySoon(): void;
}

/** A frame may carry many packets. */
const frameBytesMax = 8 * limits.packetBytesMax;
/** Not known to `@types/ws`: wall milliseconds for the other side's part of the closing handshake. */
const closing = { closeTimeout: 1000 };

/**
 * Opens MQTT over WebSocket, signed anew: a signature is good for minutes, a device reconnects for days.
 * What the server answers instead of the upgrade is an error with code `upgrade-403`.
 */
export function openDeviceWebSocket(options: LinkOptions): DeviceStream {
  const { endpoint, credentials } = options;
  const { access, tls } = endpoint;
  const signer = credentials?.();
  assert.ok(access?.kind === 'sigv4' && tls !== undefined, 'WebSockets are signed');
  assert.ok(signer !== undefined, 'SigV4 takes credentials');
  const { origin, host } = new URL(`wss://${hostOf(endpoint.host)}:${endpoint.port}`);
  const path = presignedMqttPath(host, access.region, signer, wallNow());
  const webSocket = new WebSocket(`${origin}${path}`, ['mqtt'], {
    perMessageDeflate: false,
    skipUTF8Validation: true,
    maxPayload: frameBytesMax,
    ...closing,
    createConnection: () => openWebSocketSocket(options, tls),
  });
  // Before the stream's own listener, which hands the error on.
  webSocket.on('error', nameRefusal);
  const stream = createWebSocketStream(webSocket);
  return Object.assign(stream, { destroySoon: () => void stream.end() });
}

function hostOf(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** `ws` gives it no code, without which MQTT.js says nothing of an error. */
function nameRefusal(error: Error & { code?: string }): void {
  const [, status] = /^Unexpected server response: (\d+)$/.exec(error.message) ?? [];
  if (status !== undefined) error.code = `upgrade-${status}`;
}
