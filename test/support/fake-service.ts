import type { Clock } from '../../src/base/clock.ts';
import type { DeviceLink, LinkEvents, LinkOptions, OpenLink } from '../../src/fleet/link.ts';
import type { ExecutionData } from '../../src/protocol/messages.ts';
import { isTerminal } from '../../src/protocol/status.ts';
import {
  acceptedTopic,
  notifyNextTopic,
  parseJobsTopic,
  rejectedTopic,
} from '../../src/protocol/topics.ts';

/**
 * A service in memory with one job for every thing that connects, behind links that never touch a
 * socket. It takes any update of an execution that is not over.
 */
export class FakeService {
  readonly links: FakeLink[] = [];
  readonly jobId: string;
  readonly #clock: Clock;
  readonly #executions = new Map<string, ExecutionData>();
  /** Whether it answers every connect. */
  autoConnect = true;
  /** Milliseconds from any request to its answer. */
  answerMs = 5;

  constructor(clock: Clock, jobId = 'fw-1') {
    this.#clock = clock;
    this.jobId = jobId;
  }

  readonly openLink: OpenLink = (options, events) => {
    const link = new FakeLink(this, options, events);
    this.links.push(link);
    return link;
  };

  linkOf(thingName: string): FakeLink {
    const link = this.links.find(({ options }) => options.clientId === thingName);
    if (link === undefined) throw new Error(`${thingName} has no link`);
    return link;
  }

  /** A little later, as a network would. */
  soon(action: () => void): void {
    this.#clock.schedule(this.#clock.now() + this.answerMs, action);
  }

  /** Says that the thing's execution has just been queued. */
  notifyNext(thingName: string): void {
    const timestamp = this.#seconds();
    const execution = { ...this.#executionOf(thingName), queuedAt: timestamp };
    this.#send(thingName, notifyNextTopic(thingName), { timestamp, execution });
  }

  handle(topic: string, payload: string): void {
    const parsed = parseJobsTopic(topic);
    if (parsed?.kind !== 'request') throw new Error(`no request topic: ${topic}`);
    const { operation, thingName } = parsed.request;
    const request = parse(payload);
    const timestamp = this.#seconds();
    if (request === undefined) {
      const rejection = { code: 'InvalidJson', message: 'not JSON', timestamp };
      this.#send(thingName, rejectedTopic(topic), rejection);
      return;
    }
    const execution =
      operation === 'update'
        ? this.#update(thingName, request.status)
        : this.#executionOf(thingName);
    const { status, versionNumber } = execution;
    this.#send(thingName, acceptedTopic(topic), {
      clientToken: request.clientToken,
      timestamp,
      ...(operation === 'update' ? { executionState: { status, versionNumber } } : {}),
      ...(operation !== 'update' && !isTerminal(status) ? { execution } : {}),
    });
  }

  #update(thingName: string, status: ExecutionData['status']): ExecutionData {
    const current = this.#executionOf(thingName);
    const next = { ...current, status, versionNumber: current.versionNumber + 1 };
    this.#executions.set(thingName, next);
    return next;
  }

  #executionOf(thingName: string): ExecutionData {
    const known = this.#executions.get(thingName);
    const at = this.#seconds();
    return (
      known ?? {
        jobId: this.jobId,
        executionNumber: 1,
        queuedAt: at - 60,
        lastUpdatedAt: at - 60,
        versionNumber: 1,
        status: 'QUEUED',
      }
    );
  }

  #send(thingName: string, topic: string, body: object): void {
    const payload = Buffer.from(JSON.stringify(body));
    const link = this.linkOf(thingName);
    this.soon(() => {
      if (link.isConnected) link.events.message(topic, payload);
    });
  }

  #seconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}

export class FakeLink implements DeviceLink {
  readonly options: LinkOptions;
  readonly events: LinkEvents;
  readonly #service: FakeService;
  isConnecting = false;
  isConnected = false;
  connects = 0;

  constructor(service: FakeService, options: LinkOptions, events: LinkEvents) {
    this.#service = service;
    this.options = options;
    this.events = events;
  }

  connect(): void {
    this.connects++;
    this.isConnecting = true;
    if (this.#service.autoConnect) this.#service.soon(() => this.accept());
  }

  accept(): void {
    if (!this.isConnecting) return;
    this.isConnecting = false;
    this.isConnected = true;
    this.events.connected(false);
  }

  close(reason: string): void {
    this.isConnecting = false;
    this.isConnected = false;
    this.events.closed(reason);
  }

  subscribe(_filters: readonly string[], done: (refusal?: string) => void): void {
    this.#service.soon(() => {
      if (this.isConnected) done();
    });
  }

  publish(topic: string, payload: string): void {
    this.#service.handle(topic, payload);
  }

  disconnect(): void {
    this.isConnecting = false;
    this.isConnected = false;
    this.#service.soon(() => this.events.closed('requested'));
  }
}

function parse(
  payload: string,
): { clientToken: string; status: ExecutionData['status'] } | undefined {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
