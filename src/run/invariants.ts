import { requestOperations } from '../metrics/recorder.ts';
import type { Summary } from '../report/summary.ts';
import type { Collector } from './collector.ts';
import type { JobWatch, ListedExecution } from './job-watch.ts';

type Invariant = Summary['invariants'][number];

/** What must add up in every run, whatever it did (DESIGN "What a run leaves behind"). */
export function checkInvariants(
  collector: Collector,
  watches: readonly JobWatch[],
  listings: ReadonlyMap<string, readonly ListedExecution[]>,
  nameOf: (thing: number) => string,
): Invariant[] {
  return [
    ...watches.flatMap((watch) => jobInvariants(watch, listings.get(watch.jobId) ?? [])),
    requestInvariant(collector),
    agreementInvariant(collector, listings, nameOf),
  ];
}

function jobInvariants(watch: JobWatch, listed: readonly ListedExecution[]): Invariant[] {
  if (watch.status === 'DELETED' || watch.job === undefined) return [];
  const { jobId, executions, observation } = watch;
  const byStatus: Record<string, number> = {};
  for (const { status } of listed) byStatus[status] = (byStatus[status] ?? 0) + 1;
  const differing = Object.keys(executions).filter(
    (status) => (executions[status] ?? 0) !== (byStatus[status] ?? 0),
  );
  const counted = {
    name: `${jobId}: released = terminal + pending`,
    holds: differing.length === 0,
    detail:
      differing.length === 0
        ? `${listed.length} executions listed and counted alike`
        : differing
            .map((each) => `${each}: ${executions[each]} counted, ${byStatus[each] ?? 0} listed`)
            .join('; '),
  };
  if (observation === undefined) return [counted];
  const { targeted, notified } = observation;
  const things = new Set(listed.map(({ thingName }) => thingName)).size;
  return [
    {
      name: `${jobId}: created = released + not released`,
      holds: things <= notified && notified <= targeted,
      detail: `${targeted} targeted = ${notified} released + ${targeted - notified} not; ${things} things listed`,
    },
    counted,
  ];
}

function requestInvariant({ metrics }: Collector): Invariant {
  const total = (outcome: string) =>
    requestOperations.reduce(
      (sum, name) => sum + metrics.counter(`requests/${name}/${outcome}`),
      0,
    );
  const [sent, accepted, rejected, lost] = ['sent', 'accepted', 'rejected', 'lost'].map(total);
  return {
    name: 'accepted + rejected = sent - lost',
    holds: (accepted ?? 0) + (rejected ?? 0) === (sent ?? 0) - (lost ?? 0),
    detail: `${accepted} accepted + ${rejected} rejected, ${sent} sent - ${lost} lost`,
  };
}

/** What a device was told it had reported is what the service holds, unless the service moved on. */
function agreementInvariant(
  { executions }: Collector,
  listings: ReadonlyMap<string, readonly ListedExecution[]>,
  nameOf: (thing: number) => string,
): Invariant {
  const held = new Map<string, string>();
  for (const [jobId, listed] of listings) {
    for (const { thingName, executionNumber, status } of listed) {
      held.set(`${jobId}/${thingName}/${executionNumber}`, status);
    }
  }
  const acknowledged = executions.filter(
    ({ acknowledged, reported }) => acknowledged && isFinalWord(reported),
  );
  const differing = acknowledged.filter(({ thing, jobId, executionNumber, reported }) => {
    const status = held.get(`${jobId}/${nameOf(thing)}/${executionNumber}`);
    return status !== undefined && status !== reported;
  });
  const [first] = differing;
  return {
    name: 'final words acknowledged to devices = statuses held by the service',
    holds: first === undefined,
    detail:
      first === undefined
        ? `${acknowledged.length} agree`
        : `${differing.length} of ${acknowledged.length} differ, first ${nameOf(first.thing)} in ${first.jobId}`,
  };
}

function isFinalWord(status: string | undefined): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED' || status === 'REJECTED';
}

/** Every operation that was answered or lost, by code, for the report's error column. */
export function errorsOf({ metrics }: Collector, name: string): Record<string, number> {
  const errors: Record<string, number> = {};
  const prefix = `errors/${name}/`;
  for (const [key, count] of metrics.counters()) {
    if (key.startsWith(prefix)) errors[key.slice(prefix.length)] = count;
  }
  const lost = metrics.counter(`requests/${name}/lost`);
  return lost > 0 ? { ...errors, LOST: lost } : errors;
}
