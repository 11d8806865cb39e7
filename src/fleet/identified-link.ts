import assert from 'node:assert/strict';
import type { SecureContext } from 'node:tls';
import { AppError, messageOf } from '../base/errors.ts';
import { newSecureContext } from './device-socket.ts';
import type { ReadIdentity } from './identities.ts';
import type { DeviceLink, Identity, LinkEvents, LinkOptions, OpenLink } from './link.ts';

/** Why a thing had no identity to connect with; names the file. */
export type TellTrouble = (message: string) => void;

/**
 * A link whose identity is its own: read anew for each connection and kept no longer than that, because
 * what TLS makes of one takes 25 to 35 KB. Without it, connect() ends with `closed('identity')`.
 */
export function openIdentifiedLink(
  openLink: OpenLink,
  read: ReadIdentity,
  tell: TellTrouble,
  options: LinkOptions,
  events: LinkEvents,
): DeviceLink {
  return new IdentifiedLink(openLink, read, tell, options, events);
}

class IdentifiedLink implements DeviceLink, LinkEvents {
  readonly #read: ReadIdentity;
  readonly #tell: TellTrouble;
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  /** One for all connections: it knows what has to be sent again. */
  readonly #link: DeviceLink;
  #phase: 'idle' | 'reading' | 'given-up' | 'open' = 'idle';
  #context: SecureContext | undefined;

  constructor(
    openLink: OpenLink,
    read: ReadIdentity,
    tell: TellTrouble,
    options: LinkOptions,
    events: LinkEvents,
  ) {
    this.#read = read;
    this.#tell = tell;
    this.#options = options;
    this.#events = events;
    this.#link = openLink({ ...options, secureContext: () => this.#context }, this);
  }

  connect(): void {
    assert.equal(this.#phase, 'idle', 'a link connects once it is closed');
    this.#phase = 'reading';
    this.#read().then(
      (identity) => this.#open(identity),
      (error: unknown) => this.#fail(error),
    );
  }

  subscribe(filters: readonly string[], done: (refusal?: string) => void): void {
    this.#link.subscribe(filters, done);
  }

  publish(topic: string, payload: string): void {
    this.#link.publish(topic, payload);
  }

  disconnect(graceful: boolean): void {
    if (this.#phase === 'reading') this.#phase = 'given-up';
    else if (this.#phase === 'open') this.#link.disconnect(graceful);
  }

  // LinkEvents

  connected(sessionPresent: boolean): void {
    this.#events.connected(sessionPresent);
  }

  closed(reason: string): void {
    this.#context = undefined;
    this.#phase = 'idle';
    this.#events.closed(reason);
  }

  message(topic: string, payload: Buffer): void {
    this.#events.message(topic, payload);
  }

  #open(identity: Identity): void {
    if (this.#phase === 'given-up') {
      this.closed('closed');
      return;
    }
    const { tls } = this.#options.endpoint;
    assert.ok(tls !== undefined, 'an identity is shown over TLS');
    try {
      this.#context = newSecureContext(tls, identity);
    } catch (cause) {
      this.#fail(cause);
      return;
    }
    this.#phase = 'open';
    this.#events.opening?.();
    this.#link.connect();
  }

  #fail(error: unknown): void {
    const { clientId } = this.#options;
    // OpenSSL's words for a file that is no PEM, or a key of another certificate, name neither.
    const told = error instanceof AppError ? error.message : `its files: ${messageOf(error)}`;
    this.#tell(`${clientId} has no identity to connect with: ${told}`);
    this.closed('identity');
  }
}
