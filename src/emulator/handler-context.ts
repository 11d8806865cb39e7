import type { IPublishPacket } from 'mqtt-packet';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { BrokerLimits } from './broker-limits.ts';
import type { BrokerTally } from './broker-tally.ts';
import type { BrokerThrottle } from './broker-throttle.ts';
import type { Connection } from './connection.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { LifecycleEvent } from './lifecycle.ts';
import type { ClientJobsTopic } from './publish-rules.ts';
import type { RetainedMessages } from './retained.ts';
import type { Router } from './router.ts';
import type { SessionStore } from './session-store.ts';

/** The broker, as far as handling a packet needs it. */
export interface HandlerContext {
  /** Simulated. */
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: BrokerLimits;
  readonly tally: BrokerTally;
  readonly throttle: BrokerThrottle;
  readonly diagnosis: Diagnosis | undefined;
  readonly sessions: SessionStore;
  readonly router: Router;
  readonly retained: RetainedMessages;
  /** The dialect's reading of reference §9.3 (C20). */
  readonly closesOnForbiddenSubscribe: boolean;
  newClientId(): string;
  jobsRequest(connection: Connection, packet: IPublishPacket, jobsTopic: ClientJobsTopic): void;
  lifecycle(event: LifecycleEvent): void;
}
