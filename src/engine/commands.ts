import type { EventType, ExecutionEvent, JobEvent } from '../protocol/events.ts';
import type { CreateJobRequest, JobSettings } from '../protocol/job-config.ts';
import type {
  ExecutionResponse,
  NotifyMessage,
  NotifyNextMessage,
  StartNextRequest,
  StatusDetails,
  UpdateRequest,
  UpdateResponse,
} from '../protocol/messages.ts';

/**
 * Everything that changes the service, as plain data that has already been checked against the model.
 * Reading is not a command: see `queries.ts`. Results are in {@link CommandResults}.
 */
export type Command =
  // Devices, over MQTT or the data plane
  | { readonly type: 'start-next'; readonly thingName: string; readonly request: StartNextRequest }
  | {
      readonly type: 'update-execution';
      readonly thingName: string;
      readonly jobId: string;
      readonly request: UpdateRequest;
    }
  // Jobs
  | { readonly type: 'create-job'; readonly request: CreateJobRequest }
  | { readonly type: 'update-job'; readonly jobId: string; readonly settings: JobSettings }
  | {
      readonly type: 'cancel-job';
      readonly jobId: string;
      readonly force: boolean;
      readonly reasonCode?: string;
      readonly comment?: string;
    }
  | { readonly type: 'delete-job'; readonly jobId: string; readonly force: boolean }
  | {
      readonly type: 'associate-targets';
      readonly jobId: string;
      readonly targets: readonly string[];
      readonly comment?: string;
    }
  // Single executions
  | {
      readonly type: 'cancel-execution';
      readonly thingName: string;
      readonly jobId: string;
      readonly force: boolean;
      readonly expectedVersion?: number;
      readonly statusDetails?: StatusDetails;
    }
  | {
      readonly type: 'delete-execution';
      readonly thingName: string;
      readonly jobId: string;
      readonly executionNumber: number;
      readonly force: boolean;
    }
  // Registry
  | {
      readonly type: 'create-thing';
      readonly thingName: string;
      readonly thingTypeName?: string;
      readonly attributes: Readonly<Record<string, string>>;
    }
  | { readonly type: 'delete-thing'; readonly thingName: string; readonly expectedVersion?: number }
  | {
      readonly type: 'create-group';
      readonly groupName: string;
      readonly parentGroupName?: string;
      readonly description?: string;
      readonly attributes: Readonly<Record<string, string>>;
    }
  | { readonly type: 'delete-group'; readonly groupName: string; readonly expectedVersion?: number }
  | { readonly type: 'join-group'; readonly thingName: string; readonly groupName: string }
  | { readonly type: 'leave-group'; readonly thingName: string; readonly groupName: string }
  /** Admin bulk path: the same as create-thing and join-group one by one, in one transaction. */
  | {
      readonly type: 'provision';
      readonly thingNames: readonly string[];
      readonly groupName?: string;
    }
  // Account
  | {
      readonly type: 'configure-events';
      readonly enabled: Readonly<Partial<Record<EventType, boolean>>>;
    };

export interface JobRef {
  readonly jobArn: string;
  readonly jobId: string;
  readonly description?: string;
}

export interface ThingRef {
  readonly thingName: string;
  readonly thingArn: string;
  readonly thingId: string;
}

export interface GroupRef {
  readonly thingGroupName: string;
  readonly thingGroupArn: string;
  readonly thingGroupId: string;
}

/** What an accepted command answers. */
export interface CommandResults {
  'start-next': ExecutionResponse;
  'update-execution': UpdateResponse;
  'create-job': JobRef;
  'update-job': undefined;
  'cancel-job': JobRef;
  'delete-job': undefined;
  'associate-targets': JobRef;
  'cancel-execution': undefined;
  'delete-execution': undefined;
  'create-thing': ThingRef;
  'delete-thing': undefined;
  'create-group': GroupRef;
  'delete-group': undefined;
  'join-group': undefined;
  'leave-group': undefined;
  provision: { readonly created: number };
  'configure-events': undefined;
}

export type CommandType = Command['type'];
export type CommandOf<T extends CommandType> = Extract<Command, { type: T }>;

/** What the world must be told, in this order. */
export type Effect =
  | { readonly type: 'notify'; readonly thingName: string; readonly message: NotifyMessage }
  | {
      readonly type: 'notify-next';
      readonly thingName: string;
      readonly message: NotifyNextMessage;
    }
  | { readonly type: 'event'; readonly event: JobEvent | ExecutionEvent };
