import { z } from 'zod';
import type { Millis } from '../base/clock.ts';
import type { WireNames } from '../cloud/wire-names.ts';
import type { ExecutionEventOperation, JobEventOperation } from '../protocol/events.ts';

/** What AWS tells of a job or an execution on its own accord (reference §6.8), in plain names. */
export type ServiceEvent = JobWord | ExecutionWord;

interface Told {
  /** The same for a word that is told again. */
  readonly key: string;
  readonly jobId: string;
  /** When it came about; of a time told in whole seconds, the end of that second. */
  readonly at: Millis;
  /** The payload with plain names. */
  readonly payload: Readonly<Record<string, unknown>>;
}

interface JobWord extends Told {
  readonly kind: 'job';
  readonly operation: JobEventOperation;
}

interface ExecutionWord extends Told {
  readonly kind: 'execution';
  readonly operation: ExecutionEventOperation;
  readonly thingName: string;
}

const Payload = z.looseObject({
  eventId: z.string().optional(),
  timestamp: z.number(),
  thingArn: z.string().optional(),
  completedAt: z.number().optional(),
  lastUpdatedAt: z.number().optional(),
});

const jobOperations = z.enum([
  'completed',
  'canceled',
  'deleted',
  'cancellation_in_progress',
  'deletion_in_progress',
]);
const executionOperations = z.enum([
  'succeeded',
  'failed',
  'rejected',
  'canceled',
  'timed_out',
  'removed',
  'deleted',
]);

/** Undefined for what is no event of a job, or cannot be read: others may publish to `$aws/events` some day. */
export function readServiceEvent(
  topic: string,
  bytes: Uint8Array,
  names: WireNames,
): ServiceEvent | undefined {
  const [, level, wireId = '', operation = ''] =
    /^\$aws\/events\/(job|jobExecution)\/([^/]+)\/([^/]+)$/.exec(topic) ?? [];
  const payload = Payload.safeParse(parse(bytes)).data;
  if (level === undefined || payload === undefined) return undefined;
  const { eventId, timestamp, thingArn, completedAt, lastUpdatedAt } = payload;
  const jobId = names.plainJob(wireId);
  const plain = { ...payload, jobId };
  if (level === 'job') {
    const told = jobOperations.safeParse(operation).data;
    if (told === undefined) return undefined;
    const at = told === 'completed' ? (completedAt ?? lastUpdatedAt) : lastUpdatedAt;
    const key = eventId ?? topic;
    return {
      kind: 'job',
      key,
      jobId,
      operation: told,
      at: instantOf(at ?? timestamp),
      payload: plain,
    };
  }
  const told = executionOperations.safeParse(operation).data;
  if (told === undefined || thingArn === undefined) return undefined;
  const thingName = names.plainThing(thingArn.slice(thingArn.indexOf('/') + 1));
  return {
    kind: 'execution',
    // It names no attempt: of one thing, two of them do not end alike within a second.
    key: eventId ?? `${topic} ${thingName} ${timestamp}`,
    jobId,
    operation: told,
    thingName,
    at: instantOf(timestamp),
    payload: { ...plain, thingArn: thingArn.slice(0, thingArn.indexOf('/') + 1) + thingName },
  };
}

/** Times in seconds and in milliseconds stand side by side in these payloads, and the guides differ. */
const millisecondsFrom = 1e11;
const lastOfSecondMs = 999;

function instantOf(told: number): Millis {
  if (told >= millisecondsFrom) return told;
  const at = Math.round(told * 1000);
  return at % 1000 === 0 ? at + lastOfSecondMs : at;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
