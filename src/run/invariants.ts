import type { ExecutionRecord } from '../device/io.ts';
import { requestOperations } from '../metrics/recorder.ts';
import type { InvariantSummary } from '../report/summary.ts';
import type { Collector } from './collector.ts';
import type { ListedExecution, ObservedJob } from './job-watch.ts';

/**
 * What must add up in every run, whatever it did (DESIGN "What a run leaves behind"). `isClosed` says
 * that no thing or execution was ever taken out, so that every release must still be listed.
 */
export function checkInvariants(
  collector: Collector,
  watches: readonly ObservedJob[],
  listings: ReadonlyMap<string, readonly ListedExecution[]>,
  nameOf: (thing: number) => string,
  isClosed: boolean,
): InvariantSummary[] {
  return [
    ...watches.flatMap((watch) =>
      jobInvariants(watch, countListed(listings.get(watch.jobId)), isClosed),
    ),
    requestInvariant(collector),
    agreementInvariant(compareWords(collector, watches, listings, nameOf)),
  ];
}

/** A job's executions as the service's own list has them. */
export interface Listing {
  readonly byStatus: Readonly<Record<string, number>>;
  readonly executions: number;
  readonly things: number;
}

function countListed(listed: readonly ListedExecution[] | undefined): Listing | undefined {
  if (listed === undefined) return undefined;
  const byStatus: Record<string, number> = {};
  for (const { status } of listed) byStatus[status] = (byStatus[status] ?? 0) + 1;
  const things = new Set(listed.map(({ thingName }) => thingName)).size;
  return { byStatus, executions: listed.length, things };
}

/** A job that the service does not list cannot be checked, and is said not to be. */
export function jobInvariants(
  watch: ObservedJob,
  listing: Listing | undefined,
  isClosed: boolean,
): InvariantSummary[] {
  if (!watch.isKnown) return [];
  const { jobId, executions, observation } = watch;
  if (listing === undefined) {
    return [
      {
        name: `${jobId}: released = terminal + pending`,
        holds: true,
        checked: false,
        detail: `could not be checked: ${tellMissing(watch)}`,
      },
    ];
  }
  const { byStatus, things } = listing;
  const differing = Object.keys(executions).filter(
    (status) => (executions[status] ?? 0) !== (byStatus[status] ?? 0),
  );
  // Without the emulator's help, counters may not have caught up with the list (reference §1.1).
  const isComparable = observation !== undefined || differing.length === 0;
  const counted = {
    name: `${jobId}: released = terminal + pending`,
    holds: differing.length === 0 || !isComparable,
    checked: isComparable,
    detail:
      differing.length === 0
        ? `${listing.executions} executions listed and counted alike`
        : (isComparable ? '' : 'could not be checked, what the service counts lags behind: ') +
          differing
            .map((each) => `${each}: ${executions[each]} counted, ${byStatus[each] ?? 0} listed`)
            .join('; '),
  };
  if (observation === undefined) return [counted];
  const { targeted, notified } = observation;
  return [
    {
      name: `${jobId}: created = released + not released`,
      holds: (isClosed ? things === notified : things <= notified) && notified <= targeted,
      checked: true,
      detail: `${targeted} targeted = ${notified} released + ${targeted - notified} not; ${things} things listed`,
    },
    counted,
  ];
}

/** Why the service does not list the executions of a job. */
function tellMissing({ jobId, status }: Pick<ObservedJob, 'jobId' | 'status'>): string {
  const isGone = status === 'DELETED' || status === 'DELETION_IN_PROGRESS';
  return isGone ? `${jobId} was deleted` : `${jobId} could not be listed`;
}

export function requestInvariant({ metrics }: Pick<Collector, 'metrics'>): InvariantSummary {
  const total = (outcome: string) =>
    requestOperations.reduce(
      (sum, name) => sum + metrics.counter(`requests/${name}/${outcome}`),
      0,
    );
  const [sent, accepted, rejected, lost] = ['sent', 'accepted', 'rejected', 'lost'].map(total);
  return {
    name: 'accepted + rejected = sent - lost',
    holds: (accepted ?? 0) + (rejected ?? 0) === (sent ?? 0) - (lost ?? 0),
    checked: true,
    detail: `${accepted} accepted + ${rejected} rejected, ${sent} sent - ${lost} lost`,
  };
}

/** Final words acknowledged to devices, and those of them that the service holds otherwise. */
export interface WordComparison {
  readonly acknowledged: number;
  readonly differing: number;
  /** Those that the service holds no status of any more. */
  readonly missing: number;
  /** Why that is, as far as whole jobs are missing. */
  readonly reasons: readonly string[];
  readonly first: { readonly thingName: string; readonly jobId: string } | undefined;
}

function compareWords(
  { executions }: Collector,
  watches: readonly ObservedJob[],
  listings: ReadonlyMap<string, readonly ListedExecution[]>,
  nameOf: (thing: number) => string,
): WordComparison {
  const held = new Map<string, string>();
  for (const [jobId, listed] of listings) {
    for (const { thingName, executionNumber, status } of listed) {
      held.set(`${jobId}/${thingName}/${executionNumber}`, status);
    }
  }
  const acknowledged = executions.filter(isFinalWord);
  const heldOf = ({ thing, jobId, executionNumber }: (typeof executions)[number]) =>
    held.get(`${jobId}/${nameOf(thing)}/${executionNumber}`);
  const missing = acknowledged.filter((each) => heldOf(each) === undefined);
  const differing = acknowledged.filter((each) => {
    const status = heldOf(each);
    return status !== undefined && status !== each.reported;
  });
  const [first] = differing;
  const jobsMissing = new Set(missing.map(({ jobId }) => jobId));
  return {
    acknowledged: acknowledged.length,
    differing: differing.length,
    missing: missing.length,
    reasons: watches
      .filter(({ jobId }) => jobsMissing.has(jobId) && !listings.has(jobId))
      .map(tellMissing),
    first: first && { thingName: nameOf(first.thing), jobId: first.jobId },
  };
}

/** What a device was told it had reported is what the service holds, unless the service moved on. */
export function agreementInvariant(compared: WordComparison): InvariantSummary {
  const { acknowledged, differing, first, missing, reasons } = compared;
  const agreeing = acknowledged - differing - missing;
  const why = reasons.length === 0 ? 'the service holds them no longer' : reasons.join(', ');
  const parts = [
    ...(first === undefined
      ? []
      : [`${differing} of ${acknowledged} differ, first ${first.thingName} in ${first.jobId}`]),
    `${agreeing} agree`,
    ...(missing === 0 ? [] : [`${missing} could not be compared (${why})`]),
  ];
  return {
    name: 'final words acknowledged to devices = statuses held by the service',
    holds: first === undefined,
    checked: acknowledged === 0 || missing < acknowledged,
    detail: parts.join(', '),
  };
}

/** Whether the service has acknowledged what was the device's last word. */
export function isFinalWord({ acknowledged, reported }: ExecutionRecord): boolean {
  return (
    acknowledged && (reported === 'SUCCEEDED' || reported === 'FAILED' || reported === 'REJECTED')
  );
}

/** Every operation that was answered or lost, by code, for the report's error column. */
export function errorsOf(
  { metrics }: Pick<Collector, 'metrics'>,
  name: string,
): Record<string, number> {
  const errors: Record<string, number> = {};
  const prefix = `errors/${name}/`;
  for (const [key, count] of metrics.counters()) {
    if (key.startsWith(prefix)) errors[key.slice(prefix.length)] = count;
  }
  const lost = metrics.counter(`requests/${name}/lost`);
  return lost > 0 ? { ...errors, LOST: lost } : errors;
}
