import { compareJob } from './compare-jobs.ts';
import { compareThing, type ThingPair, type TimedMessage } from './compare-things.ts';
import type { Divergence } from './divergence.ts';
import { type KindRow, KindTable } from './kind-table.ts';
import { Normaliser, type NormalMessage } from './normal-message.ts';
import type { TraceSource } from './read-trace.ts';
import { indexTrace, instantOf, type TraceIndex } from './trace-index.ts';
import type { EventLine, TraceHeader } from './trace-line.ts';

/** How many of something there were to compare, and how many of them differ. */
interface Compared {
  readonly compared: number;
  readonly diverging: number;
}

export interface TraceDiff {
  readonly a: TraceHeader;
  readonly b: TraceHeader;
  readonly messages: { readonly a: number; readonly b: number };
  readonly jobs: Compared;
  readonly things: Compared;
  /** The first in simulated time; a job's before those of things that may follow from it. */
  readonly first: Divergence | undefined;
  /** The first of each job that diverges. */
  readonly jobDivergences: readonly Divergence[];
  readonly kinds: readonly KindRow[];
  /** What keeps the comparison from being whole or fair. */
  readonly remarks: readonly string[];
}

/** Messages of things that differ, held at once. */
const heldMax = 200_000;
/** Services tell the times of a job in whole seconds at worst, cut off or rounded. */
const jobLeadMs = 1000;
/** Wall milliseconds before its end in which a run may have missed an answer that the other still got. */
const lastWordsWallMs = 1000;

/** Compares two recordings, in memory that grows with the number of things and not of messages. */
export async function diffTraces(a: TraceSource, b: TraceSource): Promise<TraceDiff> {
  const left = await indexTrace(a);
  const right = await indexTrace(b);
  const hasEvents = left.events > 0 && right.events > 0;
  const jobs = diffJobs(left, right, hasEvents);
  const names = differingThings(left, right, hasEvents);
  const kinds = new KindTable();
  for (const divergence of jobs.divergences) kinds.add(divergence);
  let firstOfThings: Divergence | undefined;
  let diverging = 0;
  const spans = { a: beliefOf(left), b: beliefOf(right) };
  for (const batch of batchesOf(names, left, right)) {
    for (const pair of await loadPairs(batch, [a, left], [b, right], hasEvents)) {
      const found = compareThing(pair, spans);
      if (found.length > 0) diverging++;
      for (const divergence of found) {
        kinds.add(divergence);
        if (isBefore(divergence, firstOfThings)) firstOfThings = divergence;
      }
    }
  }
  const firstOfJobs = jobs.divergences[0];
  return {
    a: left.header,
    b: right.header,
    messages: { a: left.messages, b: right.messages },
    jobs: { compared: jobs.compared, diverging: jobs.diverging.length },
    things: { compared: new Set([...left.things.keys(), ...right.things.keys()]).size, diverging },
    first: firstOf(firstOfJobs, firstOfThings),
    jobDivergences: jobs.diverging,
    kinds: kinds.rows(),
    remarks: remarksOn(left, right),
  };
}

/** What befalls a job befalls its things a moment later, and may be told by the service more roughly. */
function firstOf(job: Divergence | undefined, thing: Divergence | undefined) {
  if (job === undefined || thing === undefined) return job ?? thing;
  return job.t <= thing.t + jobLeadMs ? job : thing;
}

function isBefore(divergence: Divergence, first: Divergence | undefined): boolean {
  if (first === undefined || divergence.t < first.t) return true;
  return divergence.t === first.t && (divergence.thing ?? '') < (first.thing ?? '');
}

function diffJobs(left: TraceIndex, right: TraceIndex, hasEvents: boolean) {
  const ids = new Set(
    [left, right].flatMap(({ jobs, jobEvents }) => [...jobs.keys(), ...jobEvents.keys()]),
  );
  const divergences: Divergence[] = [];
  const diverging: Divergence[] = [];
  for (const job of ids) {
    const states = compareJob(job, left.jobs.get(job) ?? [], right.jobs.get(job) ?? []);
    const events = hasEvents ? compareJobEvents(job, left, right) : [];
    const found = [...states, ...events].sort((one, other) => one.t - other.t);
    divergences.push(...found);
    const [first] = found;
    if (first !== undefined) diverging.push(first);
  }
  divergences.sort((one, other) => one.t - other.t);
  diverging.sort((one, other) => one.t - other.t);
  return { compared: ids.size, divergences, diverging };
}

/** As if the job were a thing that hears them. */
function compareJobEvents(job: string, left: TraceIndex, right: TraceIndex): Divergence[] {
  const messagesOf = ({ jobEvents }: TraceIndex): TimedMessage[] => {
    const normaliser = new Normaliser();
    return (jobEvents.get(job) ?? []).map((line) => ({ ...normaliser.event(line), t: line.t }));
  };
  const pair = { name: '', a: messagesOf(left), b: messagesOf(right) };
  const spans = { a: beliefOf(left), b: beliefOf(right) };
  return compareThing(pair, spans).map(({ thing: _, ...divergence }) => ({ ...divergence, job }));
}

function differingThings(left: TraceIndex, right: TraceIndex, hasEvents: boolean): string[] {
  const names = new Set([...left.things.keys(), ...right.things.keys()]);
  return [...names].filter((name) => {
    const a = left.things.get(name);
    const b = right.things.get(name);
    // Where only one run has heard of events, its prints hold something that the others cannot.
    if (!hasEvents && (a?.events ?? 0) + (b?.events ?? 0) > 0) return true;
    return a?.print !== b?.print;
  });
}

/** Until shortly before its end a run has heard everything that belonged to it. */
function beliefOf({ header, endAt }: TraceIndex): number {
  const { clockScale } = header;
  return clockScale === 'max' ? endAt : endAt - lastWordsWallMs * clockScale;
}

function* batchesOf(names: readonly string[], left: TraceIndex, right: TraceIndex) {
  let batch = new Set<string>();
  let held = 0;
  for (const name of names) {
    for (const { things } of [left, right]) held += things.get(name)?.messages ?? 0;
    batch.add(name);
    if (held < heldMax) continue;
    yield batch;
    batch = new Set();
    held = 0;
  }
  if (batch.size > 0) yield batch;
}

type Indexed = readonly [TraceSource, TraceIndex];

async function loadPairs(
  names: ReadonlySet<string>,
  a: Indexed,
  b: Indexed,
  hasEvents: boolean,
): Promise<ThingPair[]> {
  const left = await loadThings(names, a, hasEvents);
  const right = await loadThings(names, b, hasEvents);
  return Array.from(names, (name) => ({
    name,
    a: left.get(name)?.messages ?? [],
    b: right.get(name)?.messages ?? [],
  }));
}

interface Loaded {
  readonly normaliser: Normaliser;
  readonly messages: TimedMessage[];
}

async function loadThings(
  names: ReadonlySet<string>,
  [source, index]: Indexed,
  hasEvents: boolean,
): Promise<ReadonlyMap<string, Loaded>> {
  const things = new Map<string, Loaded>();
  const add = (name: string, t: number, normal: (of: Normaliser) => NormalMessage) => {
    const thing = things.get(name) ?? { normaliser: new Normaliser(), messages: [] };
    things.set(name, thing);
    thing.messages.push({ ...normal(thing.normaliser), t });
  };
  for await (const line of source.lines()) {
    if (line.type !== 'message' && line.type !== 'event') continue;
    const { name } = line;
    if (name === undefined || !names.has(name)) continue;
    if (line.type === 'message') add(name, instantOf(line, index), (of) => of.message(line));
    else if (hasEvents) add(name, line.t, (of) => of.event(line as EventLine));
  }
  return things;
}

function remarksOn(left: TraceIndex, right: TraceIndex): string[] {
  const remarks: string[] = [];
  const { header: a } = left;
  const { header: b } = right;
  if (a.scenario !== b.scenario) {
    remarks.push(`the scenarios have other names: ${a.scenario} and ${b.scenario}`);
  }
  if (a.seed !== b.seed) {
    remarks.push(`the seeds differ (${a.seed} and ${b.seed}): the things drew other outcomes`);
  }
  if (a.things !== b.things) remarks.push(`there are ${a.things} and ${b.things} things`);
  if (left.events > 0 !== right.events > 0) {
    const one = left.events > 0 ? 'a' : 'b';
    remarks.push(`only ${one} has heard of job and execution events: they are not compared`);
  }
  for (const [name, { end }] of [
    ['a', left],
    ['b', right],
  ] as const) {
    if (end === undefined) remarks.push(`${name} was killed: it is compared as far as it goes`);
    else if (end.gap !== undefined) remarks.push(`${name} does not hold everything: ${end.gap}`);
  }
  return remarks;
}
