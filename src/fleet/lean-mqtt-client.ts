import { type IClientOptions, MqttClient } from 'mqtt';
import type { MqttClientEventCallbacks as Events } from 'mqtt/lib/client';
import type { DeviceStream } from './device-websocket.ts';

/** The name of an event of MQTT.js and what comes with it. */
export type ClientEvent = {
  [Name in keyof Events]: [name: Name, ...details: Parameters<Events[Name]>];
}[keyof Events];

/** The one that a client belongs to. */
export interface ClientOwner {
  openStream(): DeviceStream;
  /** After MQTT.js's own listeners. */
  told(client: MqttClient, event: ClientEvent): void;
}

/**
 * An MQTT.js client that tells one owner of everything. Listeners would be a closure and a place in a
 * list for every event of every client: 0.7 KB a connection.
 */
export class LeanMqttClient extends MqttClient {
  readonly owner: ClientOwner;

  constructor(owner: ClientOwner, options: IClientOptions) {
    super(openStreamOf, options);
    this.owner = owner;
  }

  override emit<Name extends keyof Events>(
    name: Name,
    ...details: Parameters<Events[Name]>
  ): boolean {
    // An error that nobody listens to would be thrown.
    if (name !== 'error') super.emit(name, ...details);
    const event: unknown = [name, ...details];
    this.owner.told(this, event as ClientEvent);
    return true;
  }
}

function openStreamOf(client: MqttClient): DeviceStream {
  return (client as LeanMqttClient).owner.openStream();
}

putLast('topicAliasSend');

/**
 * MQTT.js deletes this field of a client at each CONNACK. V8 only takes away again what was added last;
 * without any other it keeps the object as a hash table, which is 1.4 KB more a connection. So clients
 * come with their fields in place, this one behind all others.
 */
function putLast(deleted: string): void {
  const sample = new MqttClient(openStreamOf, { manualConnect: true, writeCache: false });
  const names = [...Object.keys(sample), 'owner'].filter((name) => name !== deleted);
  names.push(deleted);
  function FieldsInPlace(this: Record<string, undefined>) {
    for (const name of names) this[name] = undefined;
  }
  FieldsInPlace.prototype = Object.getPrototypeOf(MqttClient.prototype);
  Object.setPrototypeOf(MqttClient, FieldsInPlace);
}
