import type { EventType, ExecutionEvent, JobEvent } from '../protocol/events.ts';
import type {
  CreateJobRequest,
  CreateTemplateRequest,
  JobSettings,
} from '../protocol/job-config.ts';
import type {
  ExecutionResponse,
  NotifyMessage,
  NotifyNextMessage,
  StartNextRequest,
  StatusDetails,
  UpdateRequest,
  UpdateResponse,
} from '../protocol/messages.ts';
import type { CertificateStatus } from '../protocol/status.ts';
import type { Tag } from '../protocol/tags.ts';

/**
 * Everything that changes the service, as plain data that has already been checked against the model.
 * Reading is not a command: see the `*-queries.ts`. Results are in {@link CommandResults}.
 */
export type Command =
  // Devices, over MQTT or the data plane
  | { readonly type: 'start-next'; readonly thingName: string; readonly request: StartNextRequest }
  | {
      readonly type: 'update-execution';
      readonly thingName: string;
      readonly jobId: string;
      /** That of the topic the request came by. */
      readonly namespaceId?: string;
      readonly request: UpdateRequest;
    }
  // Jobs
  | { readonly type: 'create-job'; readonly request: CreateJobRequest }
  | {
      readonly type: 'update-job';
      readonly jobId: string;
      /** Here and below: when given, only a job of that namespace is found. */
      readonly namespaceId?: string;
      readonly settings: JobSettings;
    }
  | {
      readonly type: 'cancel-job';
      readonly jobId: string;
      readonly force: boolean;
      readonly reasonCode?: string;
      readonly comment?: string;
    }
  | {
      readonly type: 'delete-job';
      readonly jobId: string;
      readonly namespaceId?: string;
      readonly force: boolean;
    }
  | {
      readonly type: 'associate-targets';
      readonly jobId: string;
      readonly namespaceId?: string;
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
      readonly namespaceId?: string;
      readonly executionNumber: number;
      readonly force: boolean;
    }
  // Registry
  | {
      readonly type: 'create-thing';
      readonly thingName: string;
      readonly thingTypeName?: string;
      readonly billingGroupName?: string;
      readonly attributes: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'update-thing';
      readonly thingName: string;
      readonly thingTypeName?: string;
      readonly removeThingType?: boolean;
      readonly attributes?: AttributeChange;
      readonly expectedVersion?: number;
    }
  | { readonly type: 'delete-thing'; readonly thingName: string; readonly expectedVersion?: number }
  | {
      readonly type: 'create-group';
      readonly groupName: string;
      readonly parentGroupName?: string;
      readonly description?: string;
      readonly attributes: Readonly<Record<string, string>>;
      readonly tags?: readonly Tag[];
    }
  | {
      readonly type: 'update-group';
      readonly groupName: string;
      readonly description?: string;
      readonly attributes?: AttributeChange;
      readonly expectedVersion?: number;
    }
  | { readonly type: 'delete-group'; readonly groupName: string; readonly expectedVersion?: number }
  | {
      readonly type: 'join-group';
      readonly thingName: string;
      readonly groupName: string;
      readonly overrideDynamicGroups?: boolean;
    }
  | { readonly type: 'leave-group'; readonly thingName: string; readonly groupName: string }
  | {
      readonly type: 'update-memberships';
      readonly thingName: string;
      readonly groupsToAdd: readonly string[];
      readonly groupsToRemove: readonly string[];
      readonly overrideDynamicGroups?: boolean;
    }
  | {
      readonly type: 'create-dynamic-group';
      readonly groupName: string;
      readonly rule: RuleRequest & { readonly queryString: string };
      readonly description?: string;
      readonly attributes: Readonly<Record<string, string>>;
      readonly tags?: readonly Tag[];
    }
  | {
      readonly type: 'update-dynamic-group';
      readonly groupName: string;
      readonly rule: RuleRequest;
      readonly description?: string;
      readonly attributes?: AttributeChange;
      readonly expectedVersion?: number;
    }
  | {
      readonly type: 'delete-dynamic-group';
      readonly groupName: string;
      readonly expectedVersion?: number;
    }
  /** A client came or went. Known for clients that are no things too: they may become things. */
  | { readonly type: 'connectivity'; readonly thingName: string; readonly isConnected: boolean }
  /** Admin bulk path: the same as create-thing and join-group one by one, in one transaction. */
  | {
      readonly type: 'provision';
      readonly thingNames: readonly string[];
      readonly groupName?: string;
    }
  // Identity; private keys never come here
  | {
      readonly type: 'create-certificate';
      readonly certificateId: string;
      readonly certificatePem: string;
      readonly isActive: boolean;
      readonly commonName: string;
      readonly serialNumber: string;
      /** Brought along and signed by nobody we know. */
      readonly isSniOnly?: boolean;
    }
  | {
      readonly type: 'update-certificate';
      readonly certificateId: string;
      readonly status: CertificateStatus;
    }
  | {
      readonly type: 'delete-certificate';
      readonly certificateId: string;
      /** Policies that are attached do not keep it. */
      readonly force: boolean;
    }
  | {
      readonly type: 'attach-principal';
      readonly thingName: string;
      readonly principal: string;
      readonly isExclusive: boolean;
    }
  | { readonly type: 'detach-principal'; readonly thingName: string; readonly principal: string }
  | {
      readonly type: 'create-policy';
      readonly policyName: string;
      readonly policyDocument: string;
      readonly tags?: readonly Tag[];
    }
  | { readonly type: 'delete-policy'; readonly policyName: string }
  | { readonly type: 'attach-policy'; readonly policyName: string; readonly target: string }
  | { readonly type: 'detach-policy'; readonly policyName: string; readonly target: string }
  // Templates and tags
  | { readonly type: 'create-template'; readonly request: CreateTemplateRequest }
  | { readonly type: 'delete-template'; readonly templateId: string }
  | {
      readonly type: 'tag-resource';
      readonly resourceArn: string;
      readonly tags: readonly Tag[];
    }
  | {
      readonly type: 'untag-resource';
      readonly resourceArn: string;
      readonly tagKeys: readonly string[];
    }
  // Account
  | {
      readonly type: 'configure-events';
      readonly enabled: Readonly<Partial<Record<EventType, boolean>>>;
    };

/** `merge` keeps the attributes that are not named; without it they go (reference §7.4). */
export interface AttributeChange {
  /** An empty value deletes the attribute. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly merge: boolean;
}

export interface RuleRequest {
  readonly queryString?: string;
  readonly queryVersion?: string;
  readonly indexName?: string;
}

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

export interface PolicyRef {
  readonly policyName: string;
  readonly policyArn: string;
  readonly policyDocument: string;
  readonly policyVersionId: string;
}

interface DynamicGroupRef extends GroupRef {
  readonly indexName: string;
  readonly queryString: string;
  readonly queryVersion: string;
}

export interface TemplateRef {
  readonly jobTemplateArn: string;
  readonly jobTemplateId: string;
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
  'update-thing': undefined;
  'delete-thing': undefined;
  'create-group': GroupRef;
  'update-group': { readonly version: number };
  'delete-group': undefined;
  'join-group': undefined;
  'leave-group': undefined;
  'update-memberships': undefined;
  'create-dynamic-group': DynamicGroupRef;
  'update-dynamic-group': { readonly version: number };
  'delete-dynamic-group': undefined;
  connectivity: undefined;
  provision: { readonly created: number };
  'create-certificate': { readonly certificateArn: string };
  'update-certificate': undefined;
  'delete-certificate': undefined;
  'attach-principal': undefined;
  'detach-principal': undefined;
  'create-policy': PolicyRef;
  'delete-policy': undefined;
  'attach-policy': undefined;
  'detach-policy': undefined;
  'create-template': TemplateRef;
  'delete-template': undefined;
  'tag-resource': undefined;
  'untag-resource': undefined;
  'configure-events': undefined;
}

export type CommandType = Command['type'];
export type CommandOf<T extends CommandType> = Extract<Command, { type: T }>;

/** What the world must be told, in this order. */
export type Effect =
  | {
      readonly type: 'notify';
      readonly thingName: string;
      /** Whose topic and whose executions; absent for those of jobs without namespace (reference §6.1). */
      readonly namespaceId?: string;
      readonly message: NotifyMessage;
    }
  | {
      readonly type: 'notify-next';
      readonly thingName: string;
      readonly namespaceId?: string;
      readonly message: NotifyNextMessage;
    }
  | { readonly type: 'event'; readonly event: JobEvent | ExecutionEvent };
