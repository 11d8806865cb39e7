import { wallNow } from '../base/clock.ts';
import type { Effect } from '../engine/commands.ts';
import { describeExecution, getPending } from '../engine/device-queries.ts';
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
import type { Diagnosis } from './diagnosis.ts';
import { explainRejection } from './explain-jobs.ts';
import type { JobDocuments } from './job-documents.ts';
import type { RequestTally } from './request-tally.ts';
import type { RequestWatch } from './request-watch.ts';
import type { Service } from './service.ts';
import { rateExceeded, type Throttle } from './throttle.ts';

type JobsBroker = Pick<Broker, 'reply' | 'publish' | 'isHeard'>;

/** The Jobs service on MQTT: requests become commands and queries, effects become publishes (reference §6). */
export class MqttJobs {
  readonly #service: Service;
  readonly #broker: JobsBroker;
  readonly #tally: RequestTally;
  readonly #documents: Pick<JobDocuments, 'textOf'>;
  readonly #throttle: Throttle | undefined;
  readonly #diagnosis: Diagnosis | undefined;
  readonly #qos: 0 | 1;

  constructor(
    service: Service,
    broker: JobsBroker,
    tally: RequestTally,
    documents: Pick<JobDocuments, 'textOf'>,
    { throttle, diagnosis }: RequestWatch = {},
  ) {
    this.#service = service;
    this.#broker = broker;
    this.#tally = tally;
    this.#documents = documents;
    this.#throttle = throttle;
    this.#diagnosis = diagnosis;
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
    const beganAt = wallNow();
    const topic = jobsTopic.request;
    const parsed = parseDeviceRequest(topic, payload);
    if (this.#throttle?.admitsDevice(topic.operation) === false) {
      this.#answer(request, parsed, rateExceeded());
    } else if (topic.operation === 'update' && topic.jobId === '$next') {
      const code = this.#service.view.dialect.nextUpdate;
      this.#answer(request, parsed, rejected(code, '$next cannot be updated.'));
    } else if (parsed.reply.ok) {
      this.#perform(request, topic, parsed, parsed.reply.value);
    } else {
      this.#answer(request, parsed, parsed.reply);
    }
    this.#tally.time(topic.operation, wallNow() - beganAt);
  }

  /** Most devices listen to one of the two notices, and to no events. */
  deliver(effect: Effect): void {
    const topic = topicOf(effect);
    if (this.#broker.isHeard(topic)) {
      this.#broker.publish(topic, this.#payloadOf(effect), { qos: this.#qos });
    }
  }

  #payloadOf(effect: Effect): string {
    switch (effect.type) {
      case 'notify':
        return JSON.stringify(effect.message);
      case 'notify-next': {
        const { timestamp, execution } = effect.message;
        const text = execution === undefined ? '' : `,"execution":${this.#withDocument(execution)}`;
        return `{"timestamp":${timestamp}${text}}`;
      }
      case 'event':
        return JSON.stringify(effect.event);
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
        const { jobId, namespaceId } = topic;
        const describe = body as DescribeRequest;
        const now = service.now();
        answer(describeExecution(service.view, thingName, jobId, describe, now, namespaceId));
        return;
      }
      case 'update': {
        const { jobId, namespaceId } = topic;
        const request = body as UpdateRequest;
        const command = { type: 'update-execution', thingName, jobId, request } as const;
        service.submit(namespaceId === undefined ? command : { ...command, namespaceId }, answer);
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
      const members = this.#membersOf(topicJobId(jobsTopic), reply.value);
      this.#broker.reply(client, acceptedTopic(topic), `{${members}${tail}`);
    } else {
      this.#explain(client.clientId, topic, jobsTopic, reply.rejection);
      this.#broker.reply(client, rejectedTopic(topic), `{${refusalOf(reply.rejection)}${tail}`);
    }
  }

  #explain(
    clientId: string,
    topic: string,
    jobsTopic: JobsRequest['jobsTopic'],
    rejection: Rejection,
  ): void {
    if (this.#diagnosis === undefined) return;
    const thingName =
      jobsTopic.kind === 'request' ? jobsTopic.request.thingName : jobsTopic.thingName;
    const unknownThing = this.#service.view.things.has(thingName) ? undefined : thingName;
    explainRejection(this.#diagnosis, clientId, topic, rejection, unknownThing);
  }

  /** `"name":value,` for each member, with the document's text spliced in. */
  #membersOf(jobId: string, value: Partial<ExecutionResponse & UpdateResponse>): string {
    const { execution, jobDocument, ...rest } = value;
    const members = JSON.stringify(rest).slice(1, -1);
    return [
      members === '' ? '' : `${members},`,
      execution === undefined ? '' : `"execution":${this.#withDocument(execution)},`,
      jobDocument === undefined
        ? ''
        : `"jobDocument":${this.#documents.textOf(jobId, jobDocument)},`,
    ].join('');
  }

  #withDocument({ jobDocument, ...rest }: ExecutionData): string {
    const text = JSON.stringify(rest);
    return jobDocument === undefined
      ? text
      : `${text.slice(0, -1)},"jobDocument":${this.#documents.textOf(rest.jobId, jobDocument)}}`;
  }
}

function topicOf(effect: Effect): string {
  switch (effect.type) {
    case 'notify':
      return notifyTopic(effect.thingName, effect.namespaceId);
    case 'notify-next':
      return notifyNextTopic(effect.thingName, effect.namespaceId);
    case 'event':
      return eventTopic(effect.event);
  }
}

/** The job an update is about; the others' answers name theirs. */
function topicJobId(topic: JobsRequest['jobsTopic']): string {
  return topic.kind === 'request' && topic.request.operation === 'update'
    ? topic.request.jobId
    : '';
}

function refusalOf({ code, message, executionState }: Rejection): string {
  return `${JSON.stringify({ code, message, executionState }).slice(1, -1)},`;
}
