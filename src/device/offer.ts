import type { ExecutionSummary, Seconds } from '../protocol/messages.ts';
import { type ExecutionStatus, isTerminal } from '../protocol/status.ts';

/** A pending execution as the service hands it out, in a list or as the next one. */
export interface Offer {
  readonly jobId: string;
  readonly executionNumber: number;
  readonly queuedAt: Seconds;
  readonly versionNumber: number;
  readonly status: ExecutionStatus;
  /** Whole seconds until it times out, where told. */
  readonly secondsLeft: number | undefined;
}

/** What the service says is pending, and when it said so. */
export interface News {
  readonly at: Seconds;
  /** The next one only, or all of them in the order they are to be done. */
  readonly offers: readonly Offer[];
  /** A list holds no job documents: what is picked from it must be described first. */
  readonly isList: boolean;
}

/** What any message of the service may hold. Another service's answers are read here, so nothing is certain. */
interface Message {
  readonly timestamp?: unknown;
  readonly execution?: unknown;
  readonly inProgressJobs?: unknown;
  readonly queuedJobs?: unknown;
  readonly jobs?: { readonly IN_PROGRESS?: unknown; readonly QUEUED?: unknown } | null;
}

/** Reads `notify-next` and the answers to describe and start-next. No execution means nothing is pending. */
export function readNext(body: unknown): News {
  const message = asMessage(body);
  const offer = readOffer(message.execution);
  const isPending = offer !== undefined && !isTerminal(offer.status);
  return { at: asNumber(message.timestamp), offers: isPending ? [offer] : [], isList: false };
}

/** Reads `notify` and the answer to get. */
export function readList(body: unknown): News {
  const message = asMessage(body);
  return {
    at: asNumber(message.timestamp),
    offers: [
      ...readSummaries(message.inProgressJobs ?? message.jobs?.IN_PROGRESS, 'IN_PROGRESS'),
      ...readSummaries(message.queuedJobs ?? message.jobs?.QUEUED, 'QUEUED'),
    ],
    isList: true,
  };
}

export function isSameExecution(
  a: Pick<Offer, 'jobId' | 'executionNumber'>,
  b: Pick<Offer, 'jobId' | 'executionNumber'>,
): boolean {
  return a.jobId === b.jobId && a.executionNumber === b.executionNumber;
}

function readSummaries(value: unknown, status: ExecutionStatus): Offer[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((summary: unknown) => readOffer(summary, status) ?? []);
}

function readOffer(value: unknown, status?: ExecutionStatus): Offer | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const execution = value as Partial<Record<keyof ExecutionSummary, unknown>> & {
    readonly status?: unknown;
    readonly approximateSecondsBeforeTimedOut?: unknown;
  };
  if (typeof execution.jobId !== 'string') return undefined;
  const secondsLeft = execution.approximateSecondsBeforeTimedOut;
  return {
    jobId: execution.jobId,
    executionNumber: asNumber(execution.executionNumber),
    queuedAt: asNumber(execution.queuedAt),
    versionNumber: asNumber(execution.versionNumber),
    status: status ?? (execution.status as ExecutionStatus),
    secondsLeft: typeof secondsLeft === 'number' ? secondsLeft : undefined,
  };
}

function asMessage(body: unknown): Message {
  return typeof body === 'object' && body !== null ? body : {};
}

function asNumber(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
