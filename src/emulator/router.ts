import type { Random } from '../base/random.ts';
import type { BrokerTally } from './broker-tally.ts';
import type { Message, Qos } from './message.ts';
import type { RetainedMessages } from './retained.ts';
import type { Session, Subscription } from './session.ts';
import { SharedGroup, SharedGroups } from './shared-subscriptions.ts';
import { parseShared } from './topic-rules.ts';
import { TopicTree } from './topic-tree.ts';

/**
 * Who gets which message. Filters of one session that overlap bring a message once, at the highest
 * QoS they were granted.
 */
export class Router {
  readonly #tree = new TopicTree<Subscription | SharedGroup>();
  readonly #groups = new SharedGroups();
  readonly #retained: RetainedMessages;
  readonly #random: Random;
  readonly #tally: BrokerTally;

  constructor(retained: RetainedMessages, random: Random, tally: BrokerTally) {
    this.#retained = retained;
    this.#random = random;
    this.#tally = tally;
  }

  /** `written` is the filter as the client wrote it; false when shared groups are full. */
  subscribe(written: string, subscription: Subscription): boolean {
    const { session } = subscription;
    this.unsubscribe(session, written);
    const shared = parseShared(written);
    if (shared === undefined) {
      this.#tree.add(subscription);
    } else {
      const joined = this.#groups.join(shared.group, subscription);
      if (joined === undefined) return false;
      if (joined.isNew) this.#tree.add(joined.group);
    }
    session.subscriptions.set(written, subscription);
    this.#tally.subscriptions++;
    return true;
  }

  unsubscribe(session: Session, written: string): void {
    const subscription = session.subscriptions.get(written);
    if (subscription === undefined) return;
    session.subscriptions.delete(written);
    this.#tally.subscriptions--;
    const shared = parseShared(written);
    if (shared === undefined) {
      this.#tree.remove(subscription);
      return;
    }
    const emptied = this.#groups.leave(shared.group, subscription);
    if (emptied !== undefined) this.#tree.remove(emptied);
  }

  forget(session: Session): void {
    for (const written of [...session.subscriptions.keys()]) this.unsubscribe(session, written);
  }

  /** Whether anyone, connected or away, would get a message on that topic. */
  hasReceivers(topic: string): boolean {
    return this.#tree.hasMatch(topic);
  }

  publish(message: Message): void {
    if (message.retain) this.#retained.keep(message);
    const routes = this.#tree.match(message.topic);
    const [first] = routes;
    if (first === undefined) return;
    const plain = message.retain ? { ...message, retain: false } : message;
    if (routes.length === 1) {
      const chosen = this.#receiver(first, message);
      if (chosen !== undefined) deliver(message, plain, chosen);
      return;
    }
    for (const chosen of this.#receivers(routes, message)) deliver(message, plain, chosen);
  }

  /** One subscription per session and shared group: that of the highest QoS. */
  #receivers(
    routes: readonly (Subscription | SharedGroup)[],
    message: Message,
  ): Iterable<Subscription> {
    const chosen = new Map<Session | SharedGroup, Subscription>();
    for (const route of routes) {
      const receiver = this.#receiver(route, message);
      if (receiver === undefined) continue;
      const key = route instanceof SharedGroup ? route : receiver.session;
      const known = chosen.get(key);
      if (known === undefined || known.qos < receiver.qos) chosen.set(key, receiver);
    }
    return chosen.values();
  }

  #receiver(route: Subscription | SharedGroup, message: Message): Subscription | undefined {
    if (route instanceof SharedGroup) return route.choose(message.qos, this.#random);
    const isOwn = route.isNoLocal && route.session.clientId === message.publisherId;
    return isOwn ? undefined : route;
  }
}

function deliver(message: Message, plain: Message, { session, qos, keepsRetain }: Subscription) {
  session.deliver(keepsRetain ? message : plain, Math.min(qos, message.qos) as Qos);
}
