import type { Millis } from '../base/clock.ts';
import type { Dialect } from '../protocol/dialect.ts';
import type { EventType } from '../protocol/events.ts';
import type { AbortFailureType, JobSettings, TargetSelection } from '../protocol/job-config.ts';
import type { StatusDetails } from '../protocol/messages.ts';
import type { Account } from '../protocol/names.ts';
import type { MaintenanceWindow, Schedule, SchedulingConfig } from '../protocol/schedule.ts';
import type { ExecutionStatus, JobStatus } from '../protocol/status.ts';
import type { Directory } from './directory.ts';
import type { ExecutionLog } from './execution-log.ts';
import type { GroupQuery } from './group-query.ts';
import type { IdentityState } from './identity-state.ts';

/** All that readers of an engine see. It changes with every command: read it, do not keep it. */
export interface EngineView {
  readonly account: Account;
  readonly dialect: Dialect;
  readonly things: Directory<Thing>;
  readonly groups: Directory<Group>;
  /** Latest job first (reference §7.1, ListJobs). */
  readonly jobs: Directory<Job>;
  readonly templates: Directory<JobTemplate>;
  /** Clients that are connected now, by client id, which is the name of a thing or not. */
  readonly connected: ReadonlySet<string>;
  /** By thing name; outlives the thing while executions of it are stored. */
  readonly worklists: ReadonlyMap<string, Worklist>;
  readonly events: EventSettings;
  readonly identity: IdentityState;
}

/** In the order they were first given. Replaced whole when they change. */
export type Tags = ReadonlyMap<string, string>;

export interface Thing {
  readonly thingName: string;
  readonly thingId: string;
  readonly thingTypeName: string | undefined;
  readonly billingGroupName: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly version: number;
  /** Groups it is in itself, not their ancestors; in the order it joined them, dynamic ones included. */
  readonly groupNames: readonly string[];
}

export interface Group {
  readonly groupName: string;
  readonly groupId: string;
  readonly parentGroupName: string | undefined;
  readonly childNames: ReadonlySet<string>;
  readonly description: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly version: number;
  readonly createdAt: Millis;
  readonly tags: Tags;
  /** Set for a dynamic group: its things are those that the query finds. */
  readonly dynamic: DynamicRule | undefined;
  /** Its own things, not those of its children. */
  readonly things: Directory<Thing>;
}

/** What decides who is in a dynamic group (reference §7.5). Replaced whole when it changes. */
export interface DynamicRule {
  readonly indexName: string;
  readonly queryString: string;
  readonly queryVersion: string;
  readonly query: GroupQuery;
  /** Until it is ACTIVE, nobody joins or leaves. */
  readonly status: 'ACTIVE' | 'BUILDING' | 'REBUILDING';
}

/** Job templates never change (reference §7.2). */
export interface JobTemplate {
  readonly templateId: string;
  readonly description: string;
  readonly documentText: string;
  /** URL of the S3 object it was read from. */
  readonly documentSource: string | undefined;
  readonly settings: JobSettings;
  readonly maintenanceWindows: readonly MaintenanceWindow[] | undefined;
  readonly destinationPackageVersions: readonly string[] | undefined;
  readonly createdAt: Millis;
  readonly tags: Tags;
}

/** The executions of one thing name. */
export interface Worklist {
  readonly thingName: string;
  /** In the order they were created. */
  readonly executions: readonly Execution[];
  /** The non-terminal ones in pending order (reference §1.7). Replaced whole when it changes. */
  readonly pending: readonly Execution[];
}

export interface Job {
  readonly jobId: string;
  readonly targets: readonly string[];
  /** Names of the things and groups among the targets. */
  readonly targetThings: ReadonlySet<string>;
  readonly targetGroups: ReadonlySet<string>;
  readonly targetSelection: TargetSelection;
  /** As submitted, and parsed once. */
  readonly documentText: string;
  readonly document: unknown;
  /** URL of the S3 object it was read from. */
  readonly documentSource: string | undefined;
  /** The text before document parameters were filled in, when it had any (reference §8.3). */
  readonly documentBefore: string | undefined;
  readonly documentParameters: Readonly<Record<string, string>> | undefined;
  readonly jobTemplateArn: string | undefined;
  readonly tags: Tags;
  readonly destinationPackageVersions: readonly string[] | undefined;
  readonly settings: JobSettings;
  /** Its executions are told of on the topics of this namespace only (reference §6.1). */
  readonly namespaceId: string | undefined;
  /** As submitted, and parsed once. */
  readonly schedulingConfig: SchedulingConfig | undefined;
  readonly schedule: Schedule | undefined;
  readonly phase: SchedulePhase;
  /** Whether its end came inside an open maintenance window: then it does not wait for its devices. */
  readonly endedInWindow: boolean;
  readonly status: JobStatus;
  readonly forceCanceled: boolean;
  readonly reasonCode: string | undefined;
  readonly comment: string | undefined;
  readonly createdAt: Millis;
  readonly lastUpdatedAt: Millis;
  readonly completedAt: Millis | undefined;
  /** Stored executions by status, retries included. */
  readonly counts: Readonly<Record<ExecutionStatus, number>>;
  readonly executions: ExecutionLog;
  /** The latest attempt by thing name. */
  readonly latest: ReadonlyMap<string, Execution>;
  readonly rollout: Rollout;
  /** Set while a cancellation or deletion has not reached all executions. */
  readonly sweep: Sweep | undefined;
  readonly trip: Trip | undefined;
}

export interface Rollout {
  /**
   * Things the job is for: notified, waiting, or left over when it ended. Those that left before
   * their release are not counted; those that joined again are, each time.
   */
  readonly targeted: number;
  /** Things that await their release. */
  readonly waiting: { readonly size: number };
  /** Executions that a release or a join created; retries are not counted. */
  readonly notified: number;
  /** While it creates executions: not before its start, while it pauses, or when nothing waits. */
  readonly isRunning: boolean;
  readonly steps: readonly RateStep[];
}

/**
 * Where a job stands in its schedule (reference §5): before its start, free to roll out, between its
 * maintenance windows, past its end. A job without schedule is open.
 */
type SchedulePhase = 'before' | 'open' | 'closed' | 'over';

/** A cancellation or deletion on its way through the executions of a job. */
export interface Sweep {
  readonly kind: 'cancel' | 'force-cancel' | 'delete';
  /** `order` of the last execution it has dealt with. */
  readonly after: number;
}

export interface RateStep {
  readonly at: Millis;
  readonly ratePerMinute: number;
}

/** What stood when an abort criterion tripped. */
export interface Trip {
  /** Place in `abortConfig.criteriaList`, from 0. */
  readonly criterion: number;
  readonly failureType: AbortFailureType;
  readonly at: Millis;
  /** E and the numerator of reference §3. */
  readonly executed: number;
  readonly failed: number;
  readonly notified: number;
  readonly inProgress: number;
}

/** One attempt of one thing at one job. */
export interface Execution {
  readonly job: Job;
  readonly worklist: Worklist;
  readonly executionNumber: number;
  /** Place in the creation order of the whole engine; the cursor of lists. */
  readonly order: number;
  readonly status: ExecutionStatus;
  readonly versionNumber: number;
  readonly queuedAt: Millis;
  readonly startedAt: Millis | undefined;
  readonly lastUpdatedAt: Millis;
  readonly statusDetails: StatusDetails | undefined;
  readonly forceCanceled: boolean;
  /** Queued while the maintenance window of its job is closed: no list shows it (reference §5). */
  readonly isHidden: boolean;
  readonly spent: RetriesSpent;
  /** The attempt before this one, unless it was deleted. */
  readonly previous: Execution | undefined;
  readonly timers: ExecutionTimers | undefined;
}

/** Retries made before an attempt, by what failed. */
export interface RetriesSpent {
  readonly FAILED: number;
  readonly TIMED_OUT: number;
}

/** Deadlines of an IN_PROGRESS execution; the earlier one counts (reference §4.1). */
export interface ExecutionTimers {
  readonly inProgressUntil: Millis | undefined;
  readonly stepUntil: Millis | undefined;
}

export interface EventSettings {
  readonly enabled: Readonly<Record<EventType, boolean>>;
  readonly createdAt: Millis | undefined;
  readonly lastModifiedAt: Millis | undefined;
}
