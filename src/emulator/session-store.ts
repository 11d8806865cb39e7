import type { Message } from './message.ts';
import type { QueueContext } from './outbound-queue.ts';
import { Session, type SessionFamily } from './session.ts';

/** A last will, kept with the connection. */
export interface Will {
  readonly message: Message;
  /** MQTT 5 Will Delay Interval; the session's end cuts it short. */
  readonly delaySeconds: number;
}

export interface SessionRequest {
  readonly clientId: string;
  readonly family: SessionFamily;
  readonly isClean: boolean;
  readonly expirySeconds: number;
}

export interface SessionStoreOptions extends QueueContext {
  /** Takes the session's subscriptions out of routing. */
  forget(session: Session): void;
  publish(will: Message): void;
}

/** All sessions by client id, and their ends in simulated time. */
export class SessionStore {
  readonly #options: SessionStoreOptions;
  readonly #sessions = new Map<string, Session>();

  constructor(options: SessionStoreOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(clientId: string): Session | undefined {
    return this.#sessions.get(clientId);
  }

  /** Resumes the client's session if it may, else starts anew. */
  open(request: SessionRequest): { readonly session: Session; readonly isPresent: boolean } {
    const { clientId, family, isClean, expirySeconds } = request;
    const stored = this.#sessions.get(clientId);
    if (stored !== undefined && !isClean && stored.family === family) {
      stored.cancelExpiry?.();
      stored.delayedWill?.cancel();
      stored.delayedWill = undefined;
      stored.expirySeconds = expirySeconds;
      return { session: stored, isPresent: true };
    }
    if (stored !== undefined) this.#end(stored);
    const session = new Session(clientId, family, expirySeconds, this.#options);
    this.#sessions.set(clientId, session);
    return { session, isPresent: false };
  }

  /** The connection ended. `will` is undefined after a clean DISCONNECT. */
  release(session: Session, will: Will | undefined): void {
    session.detach();
    if (will !== undefined) this.#schedule(session, will);
    if (session.expirySeconds === 0) {
      this.#end(session);
      return;
    }
    const { clock } = this.#options;
    session.cancelExpiry = clock.schedule(clock.now() + session.expirySeconds * 1000, () =>
      this.#end(session),
    );
  }

  clear(): void {
    for (const session of this.#sessions.values()) {
      session.cancelExpiry?.();
      session.delayedWill?.cancel();
      session.discardMessages();
    }
    this.#sessions.clear();
  }

  #schedule(session: Session, { message, delaySeconds }: Will): void {
    const { clock, publish } = this.#options;
    if (delaySeconds === 0) {
      publish(message);
      return;
    }
    const cancel = clock.schedule(clock.now() + delaySeconds * 1000, () => {
      session.delayedWill = undefined;
      publish(message);
    });
    session.delayedWill = { message, cancel };
  }

  #end(session: Session): void {
    session.cancelExpiry?.();
    session.discardMessages();
    this.#options.forget(session);
    this.#sessions.delete(session.clientId);
    const will = session.delayedWill;
    if (will === undefined) return;
    will.cancel();
    session.delayedWill = undefined;
    this.#options.publish(will.message);
  }
}
