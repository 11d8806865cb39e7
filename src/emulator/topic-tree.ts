/** Anything that waits for messages under a filter. */
export interface Route {
  readonly filter: string;
}

const thingPrefix = '$aws/things/';
const hash = '#'.charCodeAt(0);
const plus = '+'.charCodeAt(0);

interface Node<R> {
  readonly children: Map<string, Node<R>>;
  /** Filters that end here. */
  readonly routes: Set<R>;
}

/**
 * Finds the routes for a topic. Filters below one thing are kept by thing name, each thing's few in
 * one list, so that a message to a thing costs the same however many things there are; all other
 * filters share a trie of topic levels.
 *
 * As in AWS, `a/#` does not match `a`, and wildcards at the root match no topic that starts with `$`
 * (reference §9.2).
 */
export class TopicTree<R extends Route> {
  readonly #things = new Map<string, R[]>();
  readonly #root: Node<R> = newNode();

  add(route: R): void {
    const thing = literalThing(route.filter);
    if (thing === undefined) {
      this.#nodeFor(route.filter).routes.add(route);
      return;
    }
    const routes = this.#things.get(thing);
    if (routes === undefined) this.#things.set(thing, [route]);
    else routes.push(route);
  }

  /** By identity; a route that is not there is ignored. */
  remove(route: R): void {
    const thing = literalThing(route.filter);
    if (thing === undefined) prune(this.#root, route.filter.split('/'), 0, route);
    else this.#removeOfThing(thing, route);
  }

  match(topic: string): R[] {
    const found: R[] = [];
    const thing = thingOf(topic);
    if (thing !== undefined) {
      for (const route of this.#things.get(thing) ?? []) {
        if (matches(route.filter, topic)) found.push(route);
      }
    }
    if (this.#root.children.size > 0) {
      collect(this.#root, topic.split('/'), 0, topic.startsWith('$'), found);
    }
    return found;
  }

  /** Whether `match` would find any. */
  hasMatch(topic: string): boolean {
    const thing = thingOf(topic);
    const routes = thing === undefined ? undefined : this.#things.get(thing);
    if (routes?.some(({ filter }) => matches(filter, topic))) return true;
    if (this.#root.children.size === 0) return false;
    const found: R[] = [];
    collect(this.#root, topic.split('/'), 0, topic.startsWith('$'), found);
    return found.length > 0;
  }

  #nodeFor(filter: string): Node<R> {
    let node = this.#root;
    for (const level of filter.split('/')) {
      let child = node.children.get(level);
      if (child === undefined) {
        child = newNode();
        node.children.set(level, child);
      }
      node = child;
    }
    return node;
  }

  #removeOfThing(thing: string, route: R): void {
    const routes = this.#things.get(thing);
    const index = routes?.indexOf(route) ?? -1;
    if (routes === undefined || index < 0) return;
    routes.splice(index, 1);
    if (routes.length === 0) this.#things.delete(thing);
  }
}

/** One valid filter against one topic. */
export function matches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && !filter.startsWith('$')) return false;
  let topicAt = 0;
  for (let at = 0; at < filter.length; at++) {
    const char = filter.charCodeAt(at);
    if (char === hash) return true;
    if (char === plus) topicAt = levelEnd(topic, topicAt);
    else if (char !== topic.charCodeAt(topicAt++)) return false;
  }
  return topicAt === topic.length;
}

function levelEnd(text: string, from: number): number {
  const slash = text.indexOf('/', from);
  return slash < 0 ? text.length : slash;
}

function collect<R>(
  node: Node<R>,
  levels: readonly string[],
  depth: number,
  isReserved: boolean,
  found: R[],
): void {
  const level = levels[depth];
  if (level === undefined) {
    for (const route of node.routes) found.push(route);
    return;
  }
  const literal = node.children.get(level);
  if (literal !== undefined) collect(literal, levels, depth + 1, isReserved, found);
  if (depth === 0 && isReserved) return;
  const single = node.children.get('+');
  if (single !== undefined) collect(single, levels, depth + 1, isReserved, found);
  for (const route of node.children.get('#')?.routes ?? []) found.push(route);
}

/** Removes the route and every node that served only it. */
function prune<R>(node: Node<R>, levels: readonly string[], depth: number, route: R): void {
  const level = levels[depth];
  if (level === undefined) {
    node.routes.delete(route);
    return;
  }
  const child = node.children.get(level);
  if (child === undefined) return;
  prune(child, levels, depth + 1, route);
  if (child.children.size === 0 && child.routes.size === 0) node.children.delete(level);
}

function newNode<R>(): Node<R> {
  return { children: new Map(), routes: new Set() };
}

/** The thing whose list holds the filter, when the filter names exactly one. */
function literalThing(filter: string): string | undefined {
  const thing = thingOf(filter);
  return thing === '+' || thing === '#' ? undefined : thing;
}

function thingOf(topic: string): string | undefined {
  if (!topic.startsWith(thingPrefix)) return undefined;
  const slash = topic.indexOf('/', thingPrefix.length);
  return slash < 0 ? undefined : topic.slice(thingPrefix.length, slash);
}
