import { connect, type MqttClient } from 'mqtt';
import type { Address } from '../../src/emulator/listen.ts';
import { urlOf } from './emulator.ts';

/** The service went away before it answered: what was asked may have happened or not. */
export const lost = Symbol('lost');
export type Lost = typeof lost;

export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** One HTTP request, of the control plane unless the path exists on the data plane alone. */
export async function ask(
  http: Address,
  method: string,
  path: string,
  body?: object,
  scope = 'iot',
): Promise<Answer | Lost> {
  try {
    const response = await fetch(`${urlOf(http)}${path}`, {
      method,
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=a/20250101/us-east-1/${scope}/aws4_request`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  } catch {
    return lost;
  }
}

/** An MQTT.js client that notices the end of the connection and never comes back by itself. */
export class CrashClient {
  readonly #client: MqttClient;
  readonly #gone: Promise<Lost>;
  #hear: (topic: string, payload: Buffer) => void = () => undefined;

  private constructor(client: MqttClient) {
    this.#client = client;
    this.#gone = new Promise((resolve) => client.once('close', () => resolve(lost)));
    client.on('error', () => undefined);
    client.on('message', (topic, payload) => this.#hear(topic, payload));
  }

  /** `hear` is told of every message from the first on. */
  static async connect(
    { host, port }: Address,
    clientId: string,
    isPersistent = false,
    hear?: (topic: string, payload: Buffer) => void,
  ): Promise<CrashClient | Lost> {
    const options = { clientId, clean: !isPersistent, reconnectPeriod: 0 };
    const client = new CrashClient(connect(`mqtt://${host}:${port}`, options));
    if (hear !== undefined) client.#hear = hear;
    const connected = new Promise<CrashClient>((resolve) => {
      client.#client.once('connect', () => resolve(client));
    });
    return client.#unlessGone(connected);
  }

  /** Resolves with the PUBACK. */
  publish(topic: string, payload: string, retain = false): Promise<'acknowledged' | Lost> {
    return this.#unlessGone(
      this.#client.publishAsync(topic, payload, { qos: 1, retain }).then(() => 'acknowledged'),
    );
  }

  subscribe(topic: string): Promise<'granted' | Lost> {
    return this.#unlessGone(this.#client.subscribeAsync(topic, { qos: 1 }).then(() => 'granted'));
  }

  /** A request to the Jobs service; its answer comes without a subscription. */
  request(topic: string, body: object): Promise<Answer | Lost> {
    const answered = new Promise<Answer>((resolve) => {
      this.#hear = (heard, payload) => {
        if (!heard.startsWith(`${topic}/`)) return;
        const status = heard.endsWith('/accepted') ? 200 : 400;
        resolve({ status, body: JSON.parse(String(payload)) });
      };
    });
    this.#client.publish(topic, JSON.stringify(body), { qos: 1 });
    return this.#unlessGone(answered);
  }

  end(): void {
    this.#client.end(true);
  }

  #unlessGone<T>(answer: Promise<T>): Promise<T | Lost> {
    // The client rejects what it still waits for when its connection ends.
    return Promise.race([answer.catch((): Lost => lost), this.#gone]);
  }
}
