import type { Millis } from '../base/clock.ts';
import type { Message, Qos } from './message.ts';
import type { SessionFamily } from './session.ts';

/** A persistent session without its messages. */
export interface StoredSession {
  readonly clientId: string;
  readonly family: SessionFamily;
  readonly expirySeconds: number;
  /** Simulated; undefined while its client is connected. */
  readonly disconnectedAt: Millis | undefined;
  readonly subscriptions: readonly StoredSubscription[];
}

interface StoredSubscription {
  /** The filter as the client wrote it. */
  readonly written: string;
  readonly qos: Qos;
  readonly isNoLocal: boolean;
  readonly keepsRetain: boolean;
}

/** A QoS 1 message that its client has not acknowledged. */
export interface StoredMessage {
  /** Counts up within the session. */
  readonly number: number;
  readonly message: Message;
}

/** Where persistent sessions and retained messages are written as they change. */
export interface SessionStorage {
  saveSession(session: StoredSession): void;
  /** Its messages are dropped one by one before. */
  dropSession(clientId: string): void;
  saveMessage(clientId: string, stored: StoredMessage): void;
  dropMessage(clientId: string, number: number): void;
  saveRetained(message: Message): void;
  dropRetained(topic: string): void;
  sessions(): Iterable<StoredSession>;
  /** Oldest first. */
  messages(clientId: string): Iterable<StoredMessage>;
  retained(): Iterable<Message>;
}
