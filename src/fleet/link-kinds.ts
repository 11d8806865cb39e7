import type { Clock } from '../base/clock.ts';
import type { Endpoint, OpenLink } from './link.ts';
import { openMqttJsLink } from './link-mqttjs.ts';
import { packetLinks } from './link-packet.ts';

/** The MQTT client that things use. */
export type ClientKind = 'mqttjs' | 'packet';

/** For all links of one worker. */
export function openerOf(client: ClientKind, wall: Clock): OpenLink {
  return client === 'packet' ? packetLinks(wall) : openMqttJsLink;
}

/** Why no connection could ever come about, with what to do about it. */
export interface ConnectionProblem {
  readonly message: string;
  readonly hint: string;
}

/** What an MQTT string holds. */
const loginBytesMax = 65_535;

/** What stands in the way of that client at that endpoint, to be asked before the first socket opens. */
export function connectionProblem(
  client: ClientKind,
  { access }: Endpoint,
): ConnectionProblem | undefined {
  if (access?.kind === 'sigv4' && client === 'packet') {
    return {
      message: 'the packet client does not speak MQTT over WebSocket',
      hint: 'leave out fleet.client, or connect by certificate or custom authorizer',
    };
  }
  if (access?.kind !== 'login') return undefined;
  const { userName, password = '' } = access;
  if (Math.max(Buffer.byteLength(userName), Buffer.byteLength(password)) <= loginBytesMax) {
    return undefined;
  }
  return {
    message: `user name and password of MQTT have ${loginBytesMax} bytes each at most`,
    hint: 'shorten user name, token or password of the custom authorizer',
  };
}
