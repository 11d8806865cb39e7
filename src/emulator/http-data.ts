import { describeExecution, getPending } from '../engine/device-queries.ts';
import {
  type DescribeRequest,
  type ExecutionResponse,
  findDeviceViolations,
  type StartNextRequest,
  type UpdateRequest,
} from '../protocol/messages.ts';
import { accepted, type Reply } from '../protocol/rejections.ts';
import type { PlaneApi } from './http-api.ts';
import type { JobDocuments } from './job-documents.ts';
import type { Service } from './service.ts';

type ThingInput = { readonly thingName: string };
type ExecutionInput = ThingInput & { readonly jobId: string };
type Documents = Pick<JobDocuments, 'textOf'>;

/** The data plane: a device's four operations over HTTP (reference §7.8). Documents are strings here. */
export function dataApi(service: Service, documents: Documents): PlaneApi {
  return {
    handlers: {
      GetPendingJobExecutions: ({ thingName }: ThingInput) => getPending(service.view, thingName),
      StartNextPendingJobExecution: ({ thingName, ...request }: ThingInput & StartNextRequest) =>
        withDocumentText(documents, service.call({ type: 'start-next', thingName, request })),
      DescribeJobExecution: ({ thingName, jobId, ...request }: ExecutionInput & DescribeRequest) =>
        withDocumentText(
          documents,
          describeExecution(service.view, thingName, jobId, request, service.now()),
        ),
      UpdateJobExecution: ({ thingName, jobId, ...request }: ExecutionInput & UpdateRequest) => {
        const reply = service.call({ type: 'update-execution', thingName, jobId, request });
        return reply.ok ? accepted(stringified(documents, jobId, reply.value)) : reply;
      },
    },
    violations: {
      GetPendingJobExecutions: (input) => findDeviceViolations('get', input),
      StartNextPendingJobExecution: (input) => findDeviceViolations('start-next', input),
      DescribeJobExecution: (input) => findDeviceViolations('describe', input),
      UpdateJobExecution: (input) => findDeviceViolations('update', input),
    },
  };
}

function withDocumentText(documents: Documents, reply: Reply<ExecutionResponse>): Reply<object> {
  if (!reply.ok || reply.value.execution === undefined) return reply;
  const { execution } = reply.value;
  return accepted({ execution: stringified(documents, execution.jobId, execution) });
}

function stringified(
  documents: Documents,
  jobId: string,
  value: { readonly jobDocument?: unknown },
): object {
  const { jobDocument } = value;
  return jobDocument === undefined
    ? value
    : { ...value, jobDocument: documents.textOf(jobId, jobDocument) };
}
