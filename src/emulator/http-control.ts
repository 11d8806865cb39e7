import {
  describeJobExecution,
  type ListExecutionsFilter,
  listExecutionsForJob,
  listExecutionsForThing,
} from '../engine/execution-queries.ts';
import {
  describeJob,
  getJobDocument,
  type ListJobsFilter,
  listJobs,
} from '../engine/job-queries.ts';
import { describeEventConfigurations } from '../engine/registry-queries.ts';
import type { EventType } from '../protocol/events.ts';
import {
  type CreateJobRequest,
  findCreateJobViolations,
  findUpdateJobViolations,
  type JobSettings,
} from '../protocol/job-config.ts';
import { type StatusDetails, statusDetailsViolations } from '../protocol/messages.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import { controlPlane } from '../protocol/service-model.ts';
import { findViolations } from '../protocol/validation.ts';
import type { Handler, PlaneApi } from './http-api.ts';
import { dynamicGroupHandlers } from './http-dynamic-groups.ts';
import { identityHandlers } from './http-identity.ts';
import { registryHandlers } from './http-registry.ts';
import { tagApi } from './http-tags.ts';
import { templateApi } from './http-templates.ts';
import type { JobDocuments } from './job-documents.ts';
import type { LocalAuthority } from './local-authority.ts';
import { type PageInput, pageOf } from './page-token.ts';
import type { Service } from './service.ts';

type Documents = Pick<JobDocuments, 'withSource'>;

interface UpdateJobInput extends JobSettings {
  readonly jobId: string;
  readonly namespaceId?: string;
}

interface CancelJobInput {
  readonly jobId: string;
  readonly force?: boolean;
  readonly reasonCode?: string;
  readonly comment?: string;
}

interface DeleteJobInput {
  readonly jobId: string;
  readonly namespaceId?: string;
  readonly force?: boolean;
}

interface AssociateTargetsInput {
  readonly jobId: string;
  readonly namespaceId?: string;
  readonly targets: readonly string[];
  readonly comment?: string;
}

interface CancelExecutionInput {
  readonly thingName: string;
  readonly jobId: string;
  readonly force?: boolean;
  readonly expectedVersion?: number;
  readonly statusDetails?: StatusDetails;
}

interface DeleteExecutionInput {
  readonly thingName: string;
  readonly jobId: string;
  readonly namespaceId?: string;
  readonly executionNumber: number;
  readonly force?: boolean;
}

interface ExecutionInput {
  readonly thingName: string;
  readonly jobId: string;
  readonly executionNumber?: number;
}

interface EventConfigurationsInput {
  readonly eventConfigurations?: Readonly<Record<string, { readonly Enabled?: boolean }>>;
}

/** The control plane. `advertisedHost` is the address that DescribeEndpoint gives out. */
export function controlApi(
  service: Service,
  advertisedHost: string,
  documents: Documents,
  authority: LocalAuthority,
): PlaneApi {
  const templates = templateApi(service, documents);
  const tags = tagApi(service);
  return {
    handlers: {
      ...registryHandlers(service),
      ...identityHandlers(service, authority),
      ...dynamicGroupHandlers(service),
      ...templates.handlers,
      ...tags.handlers,
      ...jobHandlers(service, documents),
      ...executionHandlers(service),
      ...accountHandlers(service, advertisedHost),
    },
    violations: {
      ...templates.violations,
      ...tags.violations,
      CreateJob: findCreateJobViolations,
      UpdateJob: findUpdateJobViolations,
      CancelJobExecution: (input) => {
        const violations = findViolations(controlPlane, 'CancelJobExecutionRequest', input);
        // What the model refuses may not even be a map.
        return violations.length > 0
          ? violations
          : [...statusDetailsViolations((input as CancelExecutionInput).statusDetails)];
      },
    },
  };
}

function jobHandlers(service: Service, documents: Documents): Readonly<Record<string, Handler>> {
  return {
    CreateJob: (request: CreateJobRequest) => {
      const sourced = documents.withSource(request);
      if (!sourced.ok) return sourced;
      return service.call({ type: 'create-job', request: sourced.value });
    },
    DescribeJob: (input: { jobId: string }) =>
      describeJob(service.view, input.jobId, service.now()),
    ListJobs: (input: ListJobsFilter & PageInput) => listJobs(service.view, input, pageOf(input)),
    UpdateJob: ({ jobId, namespaceId, ...settings }: UpdateJobInput) =>
      service.call({
        type: 'update-job',
        jobId,
        ...(namespaceId === undefined ? {} : { namespaceId }),
        settings,
      }),
    CancelJob: ({ force = false, ...input }: CancelJobInput) =>
      service.call({ type: 'cancel-job', ...input, force }),
    DeleteJob: ({ force = false, ...input }: DeleteJobInput) =>
      service.call({ type: 'delete-job', ...input, force }),
    GetJobDocument: (input: { jobId: string; beforeSubstitution?: boolean }) =>
      getJobDocument(service.view, input.jobId, input.beforeSubstitution),
    AssociateTargetsWithJob: (input: AssociateTargetsInput) =>
      service.call({ type: 'associate-targets', ...input }),
  };
}

function executionHandlers(service: Service): Readonly<Record<string, Handler>> {
  return {
    CancelJobExecution: ({ force = false, ...input }: CancelExecutionInput) =>
      service.call({ type: 'cancel-execution', ...input, force }),
    DeleteJobExecution: ({ force = false, ...input }: DeleteExecutionInput) =>
      service.call({ type: 'delete-execution', ...input, force }),
    DescribeJobExecution: ({ thingName, jobId, executionNumber }: ExecutionInput) =>
      describeJobExecution(service.view, thingName, jobId, executionNumber, service.now()),
    ListJobExecutionsForJob: (input: { jobId: string } & ListExecutionsFilter & PageInput) =>
      listExecutionsForJob(service.view, input.jobId, input, pageOf(input)),
    ListJobExecutionsForThing: (input: { thingName: string } & ListExecutionsFilter & PageInput) =>
      listExecutionsForThing(service.view, input.thingName, input, pageOf(input)),
  };
}

function accountHandlers(service: Service, host: string): Readonly<Record<string, Handler>> {
  return {
    DescribeEventConfigurations: () => describeEventConfigurations(service.view),
    UpdateEventConfigurations: ({ eventConfigurations = {} }: EventConfigurationsInput) => {
      const enabled: Partial<Record<EventType, boolean>> = {};
      for (const [type, { Enabled = false }] of Object.entries(eventConfigurations)) {
        enabled[type as EventType] = Enabled;
      }
      return service.call({ type: 'configure-events', enabled });
    },
    DescribeEndpoint: (input: { endpointType?: string }) => describeEndpoint(host, input),
  };
}

const endpointTypes = ['iot:Data', 'iot:Data-ATS', 'iot:CredentialProvider', 'iot:Jobs'];

/** All endpoints of an emulator share one host; ports are the client's to know (reference §7.3). */
function describeEndpoint(
  host: string,
  { endpointType = 'iot:Data' }: { endpointType?: string },
): Reply<{ endpointAddress: string }> {
  return endpointTypes.includes(endpointType)
    ? accepted({ endpointAddress: host })
    : rejected('InvalidRequest', `Unknown endpointType '${endpointType}'.`);
}
