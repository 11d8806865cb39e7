import type { Millis } from '../base/clock.ts';
import type { Message } from './message.ts';
import type { QueueContext } from './outbound-queue.ts';
import { Session, type SessionFamily, type Subscription } from './session.ts';
import type { SessionStorage, StoredMessage, StoredSession } from './session-storage.ts';
import { parseShared } from './topic-rules.ts';

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
  /** Keeps persistent sessions beyond the process; in memory alone without it. */
  readonly storage?: SessionStorage | undefined;
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

  /** Takes back the sessions of before a restart. Their clients are gone, since now at the latest. */
  restore(subscribe: (written: string, subscription: Subscription) => void): void {
    const { storage, clock } = this.#options;
    if (storage === undefined) return;
    for (const stored of storage.sessions()) {
      const { clientId, family, expirySeconds, disconnectedAt = clock.now() } = stored;
      const session = this.#create({ clientId, family, expirySeconds }, true);
      session.restore(storage.messages(clientId));
      for (const { written, ...rest } of stored.subscriptions) {
        const filter = parseShared(written)?.filter ?? written;
        subscribe(written, { ...rest, filter, session });
      }
      if (stored.disconnectedAt === undefined) this.#save(session, disconnectedAt);
      this.#expireAt(session, disconnectedAt + expirySeconds * 1000);
    }
  }

  /** To be called when the subscriptions of a connected session have changed. */
  save(session: Session): void {
    this.#save(session, undefined);
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
      this.#save(stored, undefined);
      return { session: stored, isPresent: true };
    }
    if (stored !== undefined) this.#end(stored);
    const session = this.#create(request, expirySeconds > 0);
    this.#save(session, undefined);
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
    const now = this.#options.clock.now();
    this.#save(session, now);
    this.#expireAt(session, now + session.expirySeconds * 1000);
  }

  /** Lets go of all sessions; what is stored stays. */
  clear(): void {
    for (const session of this.#sessions.values()) {
      session.cancelExpiry?.();
      session.delayedWill?.cancel();
      session.detach();
    }
    this.#sessions.clear();
  }

  #create(
    {
      clientId,
      family,
      expirySeconds,
    }: Pick<SessionRequest, 'clientId' | 'family' | 'expirySeconds'>,
    isPersistent: boolean,
  ): Session {
    const { storage } = this.#options;
    const keeper =
      storage === undefined || !isPersistent
        ? undefined
        : {
            save: (queued: StoredMessage) => storage.saveMessage(clientId, queued),
            drop: (number: number) => storage.dropMessage(clientId, number),
          };
    const session = new Session(clientId, family, expirySeconds, this.#options, keeper);
    this.#sessions.set(clientId, session);
    return session;
  }

  #expireAt(session: Session, at: Millis): void {
    session.cancelExpiry = this.#options.clock.schedule(at, () => this.#end(session));
  }

  #save(session: Session, disconnectedAt: Millis | undefined): void {
    if (session.isKept) this.#options.storage?.saveSession(storedForm(session, disconnectedAt));
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
    if (session.isKept) this.#options.storage?.dropSession(session.clientId);
    const will = session.delayedWill;
    if (will === undefined) return;
    will.cancel();
    session.delayedWill = undefined;
    this.#options.publish(will.message);
  }
}

function storedForm(
  { clientId, family, expirySeconds, subscriptions }: Session,
  disconnectedAt: Millis | undefined,
): StoredSession {
  return {
    clientId,
    family,
    expirySeconds,
    disconnectedAt,
    subscriptions: [...subscriptions].map(([written, { qos, isNoLocal, keepsRetain }]) => ({
      written,
      qos,
      isNoLocal,
      keepsRetain,
    })),
  };
}
