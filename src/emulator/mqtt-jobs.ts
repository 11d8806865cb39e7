import type { Effect } from '../engine/commands.ts';
import { describeExecution, getPending } from '../engine/queries.ts';
import { eventTopic } from '../protocol/events.ts';
import {
  type DescribeRequest,
  type DeviceRequests,
  type ExecutionData,
  type ExecutionResponse,
  type ParsedRequest,
  parseDeviceRequest,
  type StartNextRequest,
  type UpdateRequest,
  type UpdateResponse,
} from '../protocol/messages.ts';
import { type Rejection, type Reply, rejected } from '../protocol/rejections.ts';
import {
  acceptedTopic,
  type DeviceTopic,
  notifyNextTopic,
  notifyTopic,
  rejectedTopic,
} from '../protocol/topics.ts';
import type { Broker, JobsRequest } from './broker.ts';
import { documentText } from './document-text.ts';
import type { RequestTally } from './request-tally.ts';
import type { Service } from './service.ts';

/** The Jobs service on MQTT: requests become commands and queries, effects become publishes (reference §6). */
export class MqttJobs {
  readonly #service: Service;
  readonly #broker: Pick<Broker, 'reply' | 'publish'>;
  readonly #tally: RequestTally;
  readonly #qos: 0 | 1;

  constructor(service: Service, broker: Pick<Broker, 'reply' | 'publish'>, tally: RequestTally) {
    this.#service = service;
    this.#broker = broker;
    this.#tally = tally;
    this.#qos = service.view.dialect.notifyQos;
  }

  handle(request: JobsRequest): void {
    const { jobsTopic, payload } = request;
    if (jobsTopic.kind === 'invalid') {
      // No operation to check the payload against; its clientToken is still echoed.
      const token = parseDeviceRequest({ operation: 'get', thingName: '' }, payload);
      this.#answer(request, token, rejected('InvalidTopic', 'The topic names no operation.'));
      return;
    }
    const topic = jobsTopic.request;
    const parsed = parseDeviceRequest(topic, payload);
    if (topic.operation === 'update' && topic.jobId === '$next') {
      const code = this.#service.view.dialect.nextUpdate;
      this.#answer(request, parsed, rejected(code, '$next cannot be updated.'));
    } else if (parsed.reply.ok) {
      this.#perform(request, topic, parsed, parsed.reply.value);
    } else {
      this.#answer(request, parsed, parsed.reply);
    }
  }

  deliver(effect: Effect): void {
    const publish = (topic: string, payload: string) =>
      this.#broker.publish(topic, payload, { qos: this.#qos });
    switch (effect.type) {
      case 'notify':
        publish(notifyTopic(effect.thingName), JSON.stringify(effect.message));
        return;
      case 'notify-next': {
        const { timestamp, execution } = effect.message;
        const text = execution === undefined ? '' : `,"execution":${withDocument(execution)}`;
        publish(notifyNextTopic(effect.thingName), `{"timestamp":${timestamp}${text}}`);
        return;
      }
      case 'event':
        publish(eventTopic(effect.event), JSON.stringify(effect.event));
        return;
    }
  }

  #perform(
    request: JobsRequest,
    topic: DeviceTopic,
    parsed: ParsedRequest,
    body: DeviceRequests[DeviceTopic['operation']],
  ): void {
    const service = this.#service;
    const { thingName } = topic;
    // The reply leaves before the effects: update/accepted, then notify, then notify-next (§6.2).
    const answer = (reply: Reply<object>) => this.#answer(request, parsed, reply);
    switch (topic.operation) {
      case 'get':
        answer(getPending(service.view, thingName));
        return;
      case 'start-next':
        service.submit(
          { type: 'start-next', thingName, request: body as StartNextRequest },
          answer,
        );
        return;
      case 'describe': {
        const { jobId } = topic;
        const now = service.now();
        answer(describeExecution(service.view, thingName, jobId, body as DescribeRequest, now));
        return;
      }
      case 'update': {
        const { jobId } = topic;
        const update = body as UpdateRequest;
        service.submit({ type: 'update-execution', thingName, jobId, request: update }, answer);
        return;
      }
    }
  }

  #answer(
    { client, topic, jobsTopic }: JobsRequest,
    { clientToken }: ParsedRequest,
    reply: Reply<object>,
  ): void {
    const operation = jobsTopic.kind === 'request' ? jobsTopic.request.operation : 'invalid';
    this.#tally.count(operation, reply.ok ? 'OK' : reply.rejection.code);
    const timestamp = Math.floor(this.#service.now() / 1000);
    const token = clientToken === undefined ? '' : `,"clientToken":${JSON.stringify(clientToken)}`;
    const tail = `"timestamp":${timestamp}${token}}`;
    if (reply.ok) {
      this.#broker.reply(client, acceptedTopic(topic), `{${membersOf(reply.value)}${tail}`);
    } else {
      this.#broker.reply(client, rejectedTopic(topic), `{${refusalOf(reply.rejection)}${tail}`);
    }
  }
}

/** `"name":value,` for each member, with the document's text spliced in. */
function membersOf(value: Partial<ExecutionResponse & UpdateResponse>): string {
  const { execution, jobDocument, ...rest } = value;
  const members = JSON.stringify(rest).slice(1, -1);
  return [
    members === '' ? '' : `${members},`,
    execution === undefined ? '' : `"execution":${withDocument(execution)},`,
    jobDocument === undefined ? '' : `"jobDocument":${documentText(jobDocument)},`,
  ].join('');
}

function withDocument({ jobDocument, ...rest }: ExecutionData): string {
  const text = JSON.stringify(rest);
  return jobDocument === undefined
    ? text
    : `${text.slice(0, -1)},"jobDocument":${documentText(jobDocument)}}`;
}

function refusalOf({ code, message, executionState }: Rejection): string {
  return `${JSON.stringify({ code, message, executionState }).slice(1, -1)},`;
}
