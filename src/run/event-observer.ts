import type { Clock } from '../base/clock.ts';
import type { WireNames } from '../cloud/wire-names.ts';
import type { DeviceLink, Endpoint, LinkEvents, OpenLink } from '../fleet/link.ts';
import type { AwsCredentials } from '../protocol/sigv4.ts';
import type { Collector } from './collector.ts';
import { readServiceEvent, type ServiceEvent } from './service-event.ts';

export interface EventObserverOptions {
  readonly openLink: OpenLink;
  readonly endpoint: Endpoint;
  readonly credentials: () => Promise<AwsCredentials>;
  readonly names: WireNames;
  /** Of wall time. */
  readonly clock: Clock;
  readonly collector: Pick<Collector, 'addEvent'>;
  /** Told of each event once. */
  readonly onEvent: (event: ServiceEvent) => void;
}

/** Who is told of the events of a job; `hear` says whether that was news. */
export interface Follower {
  readonly jobId: string;
  listen(): void;
  hear(event: ServiceEvent): boolean;
}

/** How long a run waits for the broker's word before it goes on without. */
const patienceMs = 15_000;
const reconnectMs = 2000;

/**
 * The run's own connection, on which it hears what AWS tells of its jobs. Nothing depends on it: while
 * it is down, looks at the jobs tell the same, only later.
 */
export class EventObserver implements LinkEvents {
  readonly #options: EventObserverOptions;
  readonly #link: DeviceLink;
  readonly #filters: string[] = [];
  readonly #followers = new Map<string, Follower>();
  readonly #waiting = new Set<() => void>();
  #signer: AwsCredentials | undefined;
  #isUp = false;
  #isClosed = false;
  #hasWarned = false;

  constructor(options: EventObserverOptions) {
    this.#options = options;
    this.#link = options.openLink(
      {
        endpoint: options.endpoint,
        credentials: () => this.#signer,
        clientId: `${options.names.prefix}observer`,
        protocolVersion: 4,
        isCleanSession: true,
        keepAliveSeconds: 60,
      },
      this,
    );
  }

  /** Resolves once it is connected, or it has been told that it is not. */
  async open(): Promise<void> {
    await this.#until(() => void this.#connect());
    if (!this.#isUp) this.#warn('no connection yet');
  }

  /** Resolves once events of that job will be heard; waits for nobody who is away. */
  async follow(follower: Follower): Promise<void> {
    const wireId = this.#options.names.job(follower.jobId);
    follower.listen();
    this.#followers.set(follower.jobId, follower);
    const filters = [`$aws/events/job/${wireId}/+`, `$aws/events/jobExecution/${wireId}/+`];
    this.#filters.push(...filters);
    if (this.#isUp) await this.#until((done) => this.#subscribe(filters, done));
  }

  close(): void {
    this.#isClosed = true;
    this.#link.disconnect(true);
  }

  // LinkEvents

  connected(): void {
    this.#isUp = true;
    const { length } = this.#filters;
    // Eight filters are the most that AWS takes at once (reference §9.2).
    for (let from = 0; from < length; from += 8) {
      this.#subscribe(this.#filters.slice(from, from + 8), () => undefined);
    }
    this.#release();
  }

  closed(reason: string): void {
    this.#isUp = false;
    this.#release();
    if (this.#isClosed) return;
    this.#warn(reason);
    const { clock } = this.#options;
    clock.schedule(clock.now() + reconnectMs, () => void this.#connect());
  }

  message(topic: string, payload: Buffer): void {
    const event = readServiceEvent(topic, payload, this.#options.names);
    if (event === undefined) this.#warn(`a message on ${topic} cannot be read`);
    else if (this.#followers.get(event.jobId)?.hear(event)) this.#options.onEvent(event);
  }

  async #connect(): Promise<void> {
    if (this.#isClosed) return;
    try {
      this.#signer = await this.#options.credentials();
    } catch {
      this.closed('no credentials');
      return;
    }
    if (!this.#isClosed) this.#link.connect();
  }

  #subscribe(filters: readonly string[], done: () => void): void {
    this.#link.subscribe(filters, (refusal) => {
      if (refusal !== undefined) this.#warn(`${refusal}, is iot:Subscribe allowed?`);
      done();
    });
  }

  /** Until done is called, the connection comes or goes, or patience ends. */
  #until(begin: (done: () => void) => void): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.#waiting.delete(done);
        resolve();
      };
      const cancel = clock.schedule(clock.now() + patienceMs, done);
      this.#waiting.add(done);
      begin(done);
    });
  }

  #release(): void {
    for (const done of [...this.#waiting]) done();
  }

  /** Once: what is told again and again hides the rest. */
  #warn(reason: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#options.collector.addEvent(
      'warning',
      `job events are not all heard (${reason}): the run goes by its looks at the jobs meanwhile`,
    );
  }
}
