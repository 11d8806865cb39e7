import { describeExecution, getPending } from '../engine/queries.ts';
import {
  type DescribeRequest,
  type ExecutionResponse,
  findDeviceViolations,
  type StartNextRequest,
  type UpdateRequest,
} from '../protocol/messages.ts';
import { accepted, type Reply } from '../protocol/rejections.ts';
import { documentText } from './document-text.ts';
import type { PlaneApi } from './http-api.ts';
import type { Service } from './service.ts';

type ThingInput = { readonly thingName: string };
type ExecutionInput = ThingInput & { readonly jobId: string };

/** The data plane: a device's four operations over HTTP (reference §7.8). Documents are strings here. */
export function dataApi(service: Service): PlaneApi {
  return {
    handlers: {
      GetPendingJobExecutions: ({ thingName }: ThingInput) => getPending(service.view, thingName),
      StartNextPendingJobExecution: ({ thingName, ...request }: ThingInput & StartNextRequest) =>
        withDocumentText(service.call({ type: 'start-next', thingName, request })),
      DescribeJobExecution: ({ thingName, jobId, ...request }: ExecutionInput & DescribeRequest) =>
        withDocumentText(describeExecution(service.view, thingName, jobId, request, service.now())),
      UpdateJobExecution: ({ thingName, jobId, ...request }: ExecutionInput & UpdateRequest) => {
        const reply = service.call({ type: 'update-execution', thingName, jobId, request });
        return reply.ok ? accepted(stringified(reply.value)) : reply;
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

function withDocumentText(reply: Reply<ExecutionResponse>): Reply<object> {
  if (!reply.ok || reply.value.execution === undefined) return reply;
  return accepted({ execution: stringified(reply.value.execution) });
}

function stringified<T extends { readonly jobDocument?: unknown }>(value: T): object {
  const { jobDocument } = value;
  return jobDocument === undefined ? value : { ...value, jobDocument: documentText(jobDocument) };
}
