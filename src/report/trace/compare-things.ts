import { type Divergence, divergenceOf, type Side, tellField } from './divergence.ts';
import type { NormalMessage } from './normal-message.ts';
import { differencesOf } from './payload-difference.ts';

export interface TimedMessage extends NormalMessage {
  /** Simulated milliseconds from the run's zero. */
  readonly t: number;
}

/** A thing's messages in both recordings, in the order it sent and took them. */
export interface ThingPair {
  readonly name: string;
  readonly a: readonly TimedMessage[];
  readonly b: readonly TimedMessage[];
}

/** Until when each recording is to be believed: later messages of the other have nothing to match. */
export interface Spans {
  readonly a: number;
  readonly b: number;
}

/**
 * Where a thing's two conversations part. Within a stream (one direction and one job; each kind of
 * notice; each operation of an event) order is strict, streams may cross each other freely. Messages
 * of one topic that differ in their fields do not end the comparison of a stream, another topic does.
 */
export function compareThing({ name, a, b }: ThingPair, spans: Spans): Divergence[] {
  const left = streamsOf(a);
  const right = streamsOf(b);
  const streams = new Set([...left.keys(), ...right.keys()]);
  return [...streams].flatMap((stream) =>
    compareStream(name, left.get(stream) ?? [], right.get(stream) ?? [], spans),
  );
}

function streamsOf(messages: readonly TimedMessage[]): Map<string, TimedMessage[]> {
  const streams = new Map<string, TimedMessage[]>();
  for (const message of messages) {
    const stream = streams.get(message.stream) ?? [];
    streams.set(message.stream, stream);
    if (!isRepeat(stream.at(-1), message)) stream.push(message);
  }
  return streams;
}

/** AWS delivers notices and events at least once; the very same one again is no news. */
function isRepeat(last: TimedMessage | undefined, { stream, payload, direction }: NormalMessage) {
  if (last === undefined) return false;
  if (direction === 'event') return true;
  return /^notify/.test(stream) && JSON.stringify(last.payload) === JSON.stringify(payload);
}

function compareStream(
  thing: string,
  left: readonly TimedMessage[],
  right: readonly TimedMessage[],
  spans: Spans,
): Divergence[] {
  const found: Divergence[] = [];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const a = left[index];
    const b = right[index];
    if (a === undefined || b === undefined) {
      const isBeyond = (a?.t ?? 0) > spans.b || (b?.t ?? 0) > spans.a;
      return isBeyond ? found : [...found, missing(thing, a, b)];
    }
    if (a.topic !== b.topic) {
      const kind = `${titleOf(a)} ≠ ${titleOf(b)}`;
      return [...found, divergenceOf({ thing }, kind, sideOf(a), sideOf(b))];
    }
    const fields = differencesOf(a.body, b.body);
    if (fields.length === 0) continue;
    const kind = `${titleOf(a)}: ${[...new Set(fields.map(tellField))].join(', ')}`;
    found.push(divergenceOf({ thing }, kind, sideOf(a), sideOf(b), fields));
  }
  return found;
}

function missing(
  thing: string,
  a: TimedMessage | undefined,
  b: TimedMessage | undefined,
): Divergence {
  const kind = a === undefined ? `only in b: ${b && titleOf(b)}` : `only in a: ${titleOf(a)}`;
  return divergenceOf({ thing }, kind, a && sideOf(a), b && sideOf(b));
}

function sideOf(message: TimedMessage): Side {
  return { t: message.t, title: titleOf(message), payload: message.payload };
}

function titleOf({ direction, topic }: NormalMessage): string {
  return `${direction} ${topic}`;
}
