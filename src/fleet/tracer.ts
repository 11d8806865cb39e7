import type { Clock, Millis } from '../base/clock.ts';

/** A message of the jobs protocol as one thing sent or took it. Plain data: it crosses threads. */
export interface TracedMessage {
  /** Simulated instant. */
  readonly at: Millis;
  readonly thing: number;
  /** As the scenario calls it. */
  readonly name: string;
  /** Seen from the thing. */
  readonly direction: 'in' | 'out';
  /** Below `$aws/things/<thing>/jobs/`. */
  readonly topic: string;
  /** JSON; absent where it is none. */
  readonly payload?: unknown;
  /** What was no JSON, as it was. */
  readonly text?: string;
}

/** Hears of every jobs message of a worker's things. Where nothing is recorded there is none. */
export interface Tracer {
  /** Names as they are on the wire. */
  note(
    thing: { readonly index: number; readonly name: string },
    direction: TracedMessage['direction'],
    topic: string,
    payload: string,
  ): void;
}

/** So much is gathered at most before it is handed on. */
const messagesMax = 500;
const charactersMax = 1_000_000;

/** What lets its bearer fetch an object: it ends with the run for nobody but us. */
const credential = /(X-Amz-(?:Credential|Security-Token|Signature)=)[^"&\\\s]+/gi;

/** Gathers what one worker's things say and hear, and hands it on in batches. */
export class TraceBuffer implements Tracer {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #namePrefix: string;
  readonly #onBatch: (messages: readonly TracedMessage[]) => void;
  #messages: TracedMessage[] = [];
  #characters = 0;

  /** `namePrefix` is what the run puts before names on the wire; it is taken out everywhere. */
  constructor(
    clock: Pick<Clock, 'now'>,
    namePrefix: string,
    onBatch: (messages: readonly TracedMessage[]) => void,
  ) {
    this.#clock = clock;
    this.#namePrefix = namePrefix;
    this.#onBatch = onBatch;
  }

  note(
    { index: thing, name: wireName }: Parameters<Tracer['note']>[0],
    direction: TracedMessage['direction'],
    topic: string,
    payload: string,
  ): void {
    const at = this.#clock.now();
    const text = this.#plain(payload).replaceAll(credential, '$1…');
    const name = this.#plain(wireName);
    const content = contentOf(text);
    this.#messages.push({ at, thing, name, direction, topic: this.#plain(topic), ...content });
    this.#characters += text.length;
    if (this.#messages.length >= messagesMax || this.#characters >= charactersMax) this.flush();
  }

  flush(): void {
    if (this.#messages.length === 0) return;
    const messages = this.#messages;
    this.#messages = [];
    this.#characters = 0;
    this.#onBatch(messages);
  }

  #plain(text: string): string {
    return this.#namePrefix === '' ? text : text.replaceAll(this.#namePrefix, '');
  }
}

function contentOf(text: string): Pick<TracedMessage, 'payload' | 'text'> {
  try {
    return { payload: JSON.parse(text) as unknown };
  } catch {
    return { text };
  }
}
