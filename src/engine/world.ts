import { Agenda, type Appointment } from '../base/agenda.ts';
import type { Random } from '../base/random.ts';
import type { Dialect } from '../protocol/dialect.ts';
import { eventTypes } from '../protocol/events.ts';
import { type Account, formatArn } from '../protocol/names.ts';
import type { Effect } from './commands.ts';
import { compareText, MutableDirectory } from './directory.ts';
import type { LogBlock, MutableExecutionLog } from './execution-log.ts';
import { emptyIdentity, type OwnedIdentity } from './identity-state.ts';
import { compareJobs } from './job-queries.ts';
import type { RolloutPace } from './rollout.ts';
import type {
  EngineView,
  EventSettings,
  Execution,
  ExecutionTimers,
  Group,
  Job,
  JobTemplate,
  Rollout,
  Thing,
  Worklist,
} from './state.ts';
import type { Waitlist } from './waitlist.ts';

/** The same record for the one who owns it. */
type Owned<T> = { -readonly [K in keyof T]: T[K] };

export type ThingRecord = Owned<Thing>;

export interface GroupRecord extends Owned<Omit<Group, 'childNames' | 'things'>> {
  readonly childNames: Set<string>;
  readonly things: MutableDirectory<ThingRecord>;
  /** The end of its building, while it is a dynamic group that is not ACTIVE. */
  build: Appointment<Deadline> | undefined;
}

type TemplateRecord = Owned<JobTemplate>;

export interface WorklistRecord extends Worklist {
  executions: ExecutionRecord[];
  pending: readonly ExecutionRecord[];
}

export interface ExecutionRecord
  extends Owned<Omit<Execution, 'job' | 'worklist' | 'previous' | 'timers'>> {
  readonly job: JobRecord;
  readonly worklist: WorklistRecord;
  previous: ExecutionRecord | undefined;
  timers: RunningTimers | undefined;
  /** Its place in the log of its job. Undefined until it is there. */
  block: LogBlock<ExecutionRecord> | undefined;
}

interface RunningTimers extends ExecutionTimers {
  readonly appointment: Appointment<Deadline> | undefined;
}

export interface JobRecord
  extends Owned<Omit<Job, 'counts' | 'executions' | 'latest' | 'rollout'>> {
  readonly counts: Owned<Job['counts']>;
  readonly executions: MutableExecutionLog<ExecutionRecord>;
  readonly latest: Map<string, ExecutionRecord>;
  /** The highest number given to a thing whose latest execution was deleted; they are never reused. */
  readonly numbersUsed: Map<string, number>;
  readonly rollout: RolloutRecord;
  /** Retries that await their time, by thing name. */
  readonly dueRetries: Map<string, Appointment<Deadline>>;
  sweepNext: Appointment<Deadline> | undefined;
  /** The next thing its schedule may change, while it has one to follow. */
  scheduleNext: Appointment<Deadline> | undefined;
  /** A window that has opened or closed, on its way through the queued executions. */
  unveilNext: Appointment<Deadline> | undefined;
  /** Its purge, once it has left IN_PROGRESS. */
  purge: Appointment<Deadline> | undefined;
}

interface RolloutRecord extends Owned<Omit<Rollout, 'waiting'>> {
  readonly waiting: Waitlist;
  readonly steps: Rollout['steps'][number][];
  readonly pace: RolloutPace;
  /** Executions that ever succeeded; unlike the counter it never goes down (reference §2). */
  succeeded: number;
  next: Appointment<Deadline> | undefined;
}

/** What the engine wants to be woken for. */
export type Deadline =
  | { readonly type: 'timeout'; readonly execution: ExecutionRecord }
  | { readonly type: 'retry'; readonly execution: ExecutionRecord }
  | { readonly type: 'release'; readonly job: JobRecord }
  | { readonly type: 'sweep'; readonly job: JobRecord }
  | { readonly type: 'schedule'; readonly job: JobRecord }
  | { readonly type: 'unveil'; readonly job: JobRecord; readonly after: number }
  | { readonly type: 'drop'; readonly job: JobRecord }
  | { readonly type: 'purge'; readonly job: JobRecord }
  | { readonly type: 'build'; readonly group: GroupRecord };

/** Everything the engine owns. The modules around it are functions over this. */
export interface World extends EngineView {
  readonly things: MutableDirectory<ThingRecord>;
  readonly groups: MutableDirectory<GroupRecord>;
  readonly jobs: MutableDirectory<JobRecord>;
  readonly templates: MutableDirectory<TemplateRecord>;
  readonly connected: Set<string>;
  /** Those groups that have a rule, in the order they were created. */
  readonly dynamicGroups: Set<GroupRecord>;
  readonly worklists: Map<string, WorklistRecord>;
  events: EventSettings;
  readonly identity: OwnedIdentity;
  readonly agenda: Agenda<Deadline>;
  /** Jobs in SCHEDULED and IN_PROGRESS: those that a thing may join. */
  readonly activeJobs: Set<JobRecord>;
  /** Those of them that still have things to release, now or later. */
  readonly rollingJobs: Set<JobRecord>;
  /** Those of them that do so now; the account allows so many at once (reference §1.1). */
  readonly concurrentJobs: Set<JobRecord>;
  /** Those of them that wait for the account's limit, first come first. */
  readonly pausedJobs: Set<JobRecord>;
  readonly deletingJobs: Set<JobRecord>;
  /** What to tell once the running command or wake-up is through, in order. */
  outbox: Effect[];
  readonly random: Random;
  readonly ids: Random;
  executionsCreated: number;
}

export function createWorld(account: Account, dialect: Dialect, random: Random): World {
  const enabled = Object.fromEntries(eventTypes.map((type) => [type, false]));
  return {
    account,
    dialect,
    things: new MutableDirectory((a, b) => compareText(a.thingName, b.thingName)),
    groups: new MutableDirectory((a, b) => compareText(a.groupName, b.groupName)),
    jobs: new MutableDirectory<JobRecord>(compareJobs),
    templates: new MutableDirectory((a, b) => compareText(a.templateId, b.templateId)),
    connected: new Set(),
    dynamicGroups: new Set(),
    worklists: new Map(),
    events: {
      enabled: enabled as EventSettings['enabled'],
      createdAt: undefined,
      lastModifiedAt: undefined,
    },
    identity: emptyIdentity(),
    agenda: new Agenda(),
    activeJobs: new Set(),
    rollingJobs: new Set(),
    concurrentJobs: new Set(),
    pausedJobs: new Set(),
    deletingJobs: new Set(),
    outbox: [],
    random,
    ids: random.fork('ids'),
    executionsCreated: 0,
  };
}

export function jobArn(world: World, jobId: string): string {
  return formatArn(world.account, 'job', jobId);
}

export function thingArn(world: World, thingName: string): string {
  return formatArn(world.account, 'thing', thingName);
}

/** A version 4 UUID from the world's own stream. */
export function drawUuid(world: World): string {
  for (let word = 0; word < 4; word++) {
    drawn.writeUInt32BE(world.ids.int(0x1_0000_0000), 4 * word);
  }
  drawn.writeUInt8((drawn.readUInt8(6) & 0x0f) | 0x40, 6);
  drawn.writeUInt8((drawn.readUInt8(8) & 0x3f) | 0x80, 8);
  const digits = drawn.toString('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
}

/** Filled anew for every id. */
const drawn = Buffer.alloc(16);

/** Cancels an appointment that may be unset. */
export function cancelAppointment(
  world: World,
  appointment: Appointment<Deadline> | undefined,
): void {
  if (appointment !== undefined) world.agenda.cancel(appointment);
}
