import type { Clock } from '../base/clock.ts';
import type { OpenLink } from './link.ts';
import { openMqttJsLink } from './link-mqttjs.ts';
import { packetLinks } from './link-packet.ts';

/** The MQTT client that things use. */
export type ClientKind = 'mqttjs' | 'packet';

/** For all links of one worker. */
export function openerOf(client: ClientKind, wall: Clock): OpenLink {
  return client === 'packet' ? packetLinks(wall) : openMqttJsLink;
}
