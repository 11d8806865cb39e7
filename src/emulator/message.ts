import type { IPublishPacket } from 'mqtt-packet';
import type { Millis } from '../base/clock.ts';

export type Qos = 0 | 1;

/** What travels from an MQTT 5 publisher to MQTT 5 subscribers unchanged. */
export type PassedProperties = Pick<
  NonNullable<IPublishPacket['properties']>,
  'payloadFormatIndicator' | 'contentType' | 'responseTopic' | 'correlationData' | 'userProperties'
>;

/** One application message. Shared by all its receivers. */
export interface Message {
  readonly topic: string;
  readonly payload: string | Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly properties?: PassedProperties;
  /** Simulated; MQTT 5 Message Expiry Interval. */
  readonly expiresAt?: Millis;
  /** Client id of the sender, for MQTT 5 No Local; none when the service published. */
  readonly publisherId?: string;
}

/** What an object and its list entry cost beside topic and payload, roughly. */
const overheadBytes = 200;

/** For the bounds on what is kept. */
export function sizeOf({ topic, payload, properties }: Message): number {
  return (
    overheadBytes +
    topic.length +
    payload.length +
    (properties === undefined ? 0 : propertiesBytes(properties))
  );
}

function propertiesBytes(properties: PassedProperties): number {
  return (
    userPropertiesBytes(properties.userProperties) +
    (properties.contentType?.length ?? 0) +
    (properties.responseTopic?.length ?? 0) +
    (properties.correlationData?.length ?? 0)
  );
}

/** Names and values in UTF-8. */
export function userPropertiesBytes(userProperties: PassedProperties['userProperties']): number {
  let bytes = 0;
  for (const [name, values] of Object.entries(userProperties ?? {})) {
    for (const value of [values].flat()) {
      bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    }
  }
  return bytes;
}
