import { Normaliser } from './normal-message.ts';
import type { TraceSource } from './read-trace.ts';
import type { EndLine, EventLine, JobLine, MessageLine, TraceHeader } from './trace-line.ts';

/** What one recording holds of one thing, in little: enough to see that two hold the same. */
interface ThingPrint {
  readonly messages: number;
  readonly events: number;
  /** Of each stream in its order; the order of streams plays no part. */
  readonly print: string;
}

/** A recording in little: everything of its jobs, of its things a print each. */
export interface TraceIndex {
  readonly header: TraceHeader;
  /** Absent of a run that was killed. */
  readonly end: EndLine | undefined;
  readonly messages: number;
  readonly events: number;
  /** In order of time. */
  readonly jobs: ReadonlyMap<string, readonly JobLine[]>;
  readonly jobEvents: ReadonlyMap<string, readonly EventLine[]>;
  readonly things: ReadonlyMap<string, ThingPrint>;
  /** From the beginning of the recording to the run's zero, as far as it got there. */
  readonly rampMs: number;
  /** The last instant it tells of. */
  readonly endAt: number;
}

/** Goes through a recording once. */
export async function indexTrace(source: TraceSource): Promise<TraceIndex> {
  let header: TraceHeader | undefined;
  let end: EndLine | undefined;
  let messages = 0;
  let events = 0;
  let lastAt = 0;
  let rampMs = 0;
  const jobs = new Map<string, JobLine[]>();
  const jobEvents = new Map<string, EventLine[]>();
  const things = new Map<string, Printer>();
  const printerOf = (name: string): Printer => {
    const printer = things.get(name) ?? new Printer();
    things.set(name, printer);
    return printer;
  };
  for await (const line of source.lines()) {
    switch (line.type) {
      case 'run':
        header = line;
        continue;
      case 'zero':
        rampMs = line.rampMs;
        continue;
      case 'message':
        messages++;
        rampMs = Math.max(rampMs, line.ramp ?? 0);
        printerOf(line.name).message(line);
        break;
      case 'event':
        events++;
        if (line.name === undefined) append(jobEvents, line.job, line);
        else printerOf(line.name).event(line);
        break;
      case 'job':
        append(jobs, line.job, line);
        break;
      case 'end':
        end = line;
        break;
    }
    lastAt = Math.max(lastAt, line.t ?? 0);
  }
  if (header === undefined) throw new RangeError(`${source.path} has no first line`);
  return {
    header,
    end,
    messages,
    events,
    jobs,
    jobEvents,
    things: new Map(Array.from(things, ([name, printer]) => [name, printer.read()])),
    rampMs,
    endAt: end?.t ?? lastAt,
  };
}

/** From the run's zero, also of what was recorded before that was known: below zero then. */
export function instantOf({ t, ramp = 0 }: MessageLine, { rampMs }: TraceIndex): number {
  return t ?? ramp - rampMs;
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** Two independent 32-bit hashes: what is taken for the same is not looked at again. */
class Printer {
  readonly #normaliser = new Normaliser();
  readonly #streams = new Map<string, readonly [number, number]>();
  #messages = 0;
  #events = 0;

  message(line: MessageLine): void {
    this.#messages++;
    const { stream, topic, body } = this.#normaliser.message(line);
    this.#add(stream, `${topic} ${JSON.stringify(body)}`);
  }

  event(line: EventLine): void {
    this.#events++;
    const { stream, body } = this.#normaliser.event(line);
    this.#add(stream, JSON.stringify(body));
  }

  read(): ThingPrint {
    const streams = Array.from(this.#streams, ([stream, hashes]) => `${stream} ${hashes}`);
    return { messages: this.#messages, events: this.#events, print: streams.sort().join('\n') };
  }

  #add(stream: string, text: string): void {
    let [a, b] = this.#streams.get(stream) ?? [0x811c_9dc5, 0x1234_5679];
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      a = Math.imul(a ^ code, 0x0100_0193);
      b = Math.imul(b ^ code, 0x5bd1_e995);
    }
    this.#streams.set(stream, [a, b]);
  }
}
