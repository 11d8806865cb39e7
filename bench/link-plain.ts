import { connect, type MqttClient } from 'mqtt';
import type { DeviceLink, LinkEvents, LinkOptions, OpenLink } from '../src/fleet/link.ts';

/** MQTT.js as one uses it without a second thought: `mqtt.connect()` with a URL and its defaults. */
export const openPlainLink: OpenLink = (options, events) => new PlainLink(options, events);

class PlainLink implements DeviceLink {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  #client: MqttClient | undefined;

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
  }

  connect(): void {
    const {
      endpoint,
      clientId,
      isCleanSession: clean,
      keepAliveSeconds: keepalive,
    } = this.#options;
    const url = `mqtt://${endpoint.host}:${endpoint.port}`;
    const client = connect(url, { clientId, clean, keepalive });
    client.on('connect', ({ sessionPresent }) => this.#events.connected(sessionPresent));
    client.on('message', (topic, payload) => this.#events.message(topic, payload));
    client.on('error', () => undefined);
    client.on('close', () => this.#events.closed('closed'));
    this.#client = client;
  }

  subscribe(filters: readonly string[], done: (refusal?: string) => void): void {
    this.#client?.subscribe([...filters], { qos: 1 }, (error) => done(error?.message));
  }

  publish(topic: string, payload: string): void {
    this.#client?.publish(topic, payload, { qos: 1 }, () => undefined);
  }

  disconnect(graceful: boolean): void {
    this.#client?.end(!graceful);
  }
}
