import type { EventLine, MessageLine } from './trace-line.ts';

/** A message with everything taken out that two runs of one plan may differ in. */
export interface NormalMessage {
  /** Only messages of one stream have an order that is compared. */
  readonly stream: string;
  readonly direction: 'in' | 'out' | 'event';
  readonly topic: string;
  readonly body: unknown;
  /** As it was recorded. */
  readonly payload: unknown;
}

/** What is told by the clock, drawn at random, or worded freely: that it is there counts, not its value. */
const anyValue: Readonly<Record<string, string>> = {
  timestamp: '<time>',
  queuedAt: '<time>',
  startedAt: '<time>',
  lastUpdatedAt: '<time>',
  createdAt: '<time>',
  completedAt: '<time>',
  approximateSecondsBeforeTimedOut: '<time>',
  clientToken: '<token>',
  eventId: '<id>',
  thingName: '<thing>',
  thingArn: '<thing>',
  targets: '<targets>',
  message: '<text>',
  comment: '<text>',
  description: '<text>',
};

/** Values below these are not compared: presigned URLs and names of the account are in them. */
const shapeOnly = new Set(['jobDocument']);

/** Makes the messages of one thing comparable; its memory is that thing's numbering of executions. */
export class Normaliser {
  /** Of each job, in the order they came up. */
  readonly #executions = new Map<string, number[]>();

  message({ direction, topic, payload, text }: MessageLine): NormalMessage {
    const levels = topic.split('/');
    const isNotice = levels.length === 1 && /^notify/.test(topic);
    const job = levels.length > 1 && levels[0] !== '$next' ? levels[0] : undefined;
    return {
      stream: isNotice ? topic : `${direction} ${levels[0]}`,
      direction,
      topic,
      // What is no JSON is compared by that alone: a token stands in the middle of it.
      body: text === undefined ? this.#normal(payload, job) : '<no JSON>',
      payload: text ?? payload,
    };
  }

  event({ job, operation, payload }: EventLine): NormalMessage {
    return {
      stream: `event ${job}/${operation}`,
      direction: 'event',
      topic: `${job}/${operation}`,
      body: this.#normal(payload, job),
      payload,
    };
  }

  #normal(value: unknown, job: string | undefined): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#normal(item, job));
    if (typeof value !== 'object' || value === null) return value;
    const members = value as Readonly<Record<string, unknown>>;
    const of = typeof members['jobId'] === 'string' ? members['jobId'] : job;
    const normal: Record<string, unknown> = {};
    for (const key of Object.keys(members).sort()) {
      normal[key] = this.#member(key, members[key], of);
    }
    return normal;
  }

  #member(key: string, value: unknown, job: string | undefined): unknown {
    if (Object.hasOwn(anyValue, key)) return anyValue[key];
    if (shapeOnly.has(key)) return shapeOf(value);
    if (key === 'executionNumber') return `#${this.#rank(value, job ?? '')}`;
    return this.#normal(value, job);
  }

  /** Services may begin to count where they like: attempts are told by the order in which they come up. */
  #rank(value: unknown, job: string): number {
    const known = this.#executions.get(job) ?? [];
    this.#executions.set(job, known);
    const place = known.indexOf(Number(value));
    return place >= 0 ? place + 1 : known.push(Number(value));
  }
}

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return '<value>';
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, shapeOf(member)]),
  );
}
