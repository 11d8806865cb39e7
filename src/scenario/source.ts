import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Position } from './plan.ts';
import { type Finding, type Path, type Problem, pathText } from './problem.ts';
import {
  type Place,
  positionOf,
  problemAt,
  readYaml,
  type Text,
  type Written,
  within,
} from './yaml-text.ts';

/** A value that was written outside the scenario file: `--set`, `fleet.things=`, `200`. */
export interface OutsideValue {
  readonly origin: string;
  readonly prefix: string;
  readonly value: string;
}

/** How far a path leads: the last pair or item on it that exists, and whether all of it does. */
interface Step {
  readonly text: Text;
  /** The key may be of another text than its value. */
  readonly keyText: Text;
  readonly key: Node | undefined;
  readonly value: unknown;
  readonly complete: boolean;
}

/**
 * A scenario as it was written: YAML that remembers where each value stands, even when some of them
 * came from flags or from other files.
 */
export class Source {
  readonly #main: Text;
  /** Nodes that were put in from another text. What is not here is of its parent's text. */
  readonly #owners = new Map<unknown, Text>();
  readonly #problems: Problem[] = [];
  #isBroken = false;

  constructor(file: string, content: string) {
    this.#main = this.#read({ file, content, isGuest: false, prefixLength: 0 });
  }

  get file(): string {
    return this.#main.file;
  }

  /** What is wrong with the YAML itself. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** Whether the text is no YAML, so that looking at its values would tell nonsense. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Everything as plain data. */
  toValue(): unknown {
    return this.#main.document.toJS();
  }

  /** YAML text with everything that was put in, comments kept. */
  toText(): string {
    return this.#main.document.toString({ lineWidth: 0 });
  }

  /** Writes over the value at `path`, making the mappings on the way. */
  set(path: Path, { origin, prefix, value }: OutsideValue): void {
    const text = this.#read({
      file: origin,
      content: prefix + value,
      isGuest: true,
      prefixLength: prefix.length,
    });
    if (this.#isBroken) return;
    const { document } = this.#main;
    for (const depth of path.keys()) {
      const refusal = this.#open(path.slice(0, depth), path[depth] ?? '', text);
      if (refusal === undefined) continue;
      const place = { text, start: 0, end: prefix.length - 1 };
      this.#problems.push(problemAt(place, 'error', refusal));
      return;
    }
    const node = text.document.contents ?? document.createNode(null);
    this.#owners.set(node, text);
    document.setIn(path, node);
  }

  /**
   * Puts the members of another file's mapping beside those at `path`, which win, in the place of
   * member `via`. Returns why it could not.
   */
  include(path: Path, via: string, file: string, content: string): string | undefined {
    const text = this.#read({ file, content, isGuest: true, prefixLength: 0 });
    if (this.#isBroken) return undefined;
    this.#open(path, via, text);
    const target = this.#main.document.getIn(path, true);
    const { contents } = text.document;
    if (!isMap(contents)) return `${file} holds no mapping`;
    if (!isMap(target)) return undefined;
    target.delete(via);
    for (const pair of contents.items) {
      if (target.has(pair.key)) continue;
      this.#owners.set(pair.key, text);
      this.#owners.set(pair.value, text);
      target.items.push(pair);
    }
    return undefined;
  }

  positionOf(path: Path): Position {
    return positionOf(this.#place(path, 'value'));
  }

  locate(finding: Finding): Problem {
    const place = this.#place(finding.path, finding.at);
    const { severity, message, hint, part } = finding;
    return problemAt(part ? within(place, part) : place, severity, message, hint);
  }

  #read(written: Written): Text {
    const { text, problems, isBroken } = readYaml(written);
    this.#problems.push(...problems);
    this.#isBroken ||= isBroken;
    return text;
  }

  /** Makes sure that `part` can be set in the value at `path`. */
  #open(path: Path, part: string | number, text: Text): string | undefined {
    const { document } = this.#main;
    const name = path.length === 0 ? 'the scenario' : pathText(path);
    let node = path.length === 0 ? document.contents : document.getIn(path, true);
    if (isAlias(node)) {
      // Writing through an alias would change every place that shares the anchor.
      node = unshared(node.resolve(document));
      document.setIn(path, node);
    }
    if (isSeq(node)) {
      if (typeof part === 'number' && part < node.items.length) return undefined;
      return `${name} has ${node.items.length} items, counted from 0: there is no item "${part}"`;
    }
    if (isMap(node)) return undefined;
    const isAbsent = node === undefined || node === null || (isScalar(node) && node.value === null);
    if (isAbsent) {
      const map = document.createNode({});
      this.#owners.set(map, text);
      document.setIn(path, map);
      return undefined;
    }
    return `${name} is not a mapping, so it has no "${part}"`;
  }

  #place(path: Path, at: 'key' | 'value'): Place {
    const step = this.#walk(path);
    const isWhole = step.complete && at === 'value' && hasText(step.value);
    const node = isWhole || step.key === undefined ? step.value : step.key;
    const range = isNode(node) ? node.range : undefined;
    const { prefixLength } = step.text;
    if (!range || (node === step.key && prefixLength > 0 && at === 'value')) {
      return { text: step.text, start: 0, end: Math.max(0, prefixLength - 1) };
    }
    return { text: this.#owners.get(node) ?? step.keyText, start: range[0], end: range[1] };
  }

  #walk(path: Path): Step {
    const { contents } = this.#main.document;
    const text = this.#owners.get(contents) ?? this.#main;
    let step: Step = {
      text,
      keyText: text,
      key: undefined,
      value: contents,
      complete: true,
    };
    for (const part of path) {
      const next = this.#child(step, part);
      if (next === undefined) return { ...step, complete: false };
      step = next;
    }
    return step;
  }

  #child({ text, value }: Step, part: string | number): Step | undefined {
    const node = isAlias(value) ? value.resolve(text.document) : value;
    const pair = isMap(node) ? pairOf(node, String(part), text.document) : undefined;
    const child = isSeq(node) ? node.items[Number(part)] : pair?.value;
    if (child === undefined) return undefined;
    const key = isNode(pair?.key) ? pair.key : undefined;
    return {
      text: this.#owners.get(child) ?? text,
      keyText: this.#owners.get(key) ?? text,
      key,
      value: child,
      complete: true,
    };
  }
}

function pairOf(map: YAMLMap, key: string, document: Document): Pair | undefined {
  const own = map.items.find((pair) => keyOf(pair) === key);
  if (own !== undefined) return own;
  for (const { key: mergeKey, value } of map.items) {
    if (!isScalar(mergeKey) || mergeKey.value !== '<<' || !isAlias(value)) continue;
    const merged = value.resolve(document);
    if (isMap(merged)) return pairOf(merged, key, document);
  }
  return undefined;
}

/** A key of the file is a node; one that was put in is plain. */
function keyOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}

/** A copy that no anchor ties to others. */
function unshared(node: Node | undefined): Node | null {
  const copy = node?.clone() as Node | undefined;
  if (copy === undefined) return null;
  visit(copy, (_, part) => {
    if (isScalar(part) || isCollection(part)) delete part.anchor;
  });
  return copy;
}

/** A value that is worth underlining itself; a mapping is better shown by its key. */
function hasText(node: unknown): boolean {
  return isScalar(node) && node.range !== undefined && node.range !== null
    ? node.range[1] > node.range[0]
    : isCollection(node) && node.flow === true;
}
