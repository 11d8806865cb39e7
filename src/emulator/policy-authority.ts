import type { Logger } from '../base/log.ts';
import { judgeAccess } from '../engine/identity-queries.ts';
import { describeVerdict, type IotAction, type Verdict } from '../protocol/policy.ts';
import type { Authority, Credentials } from './authority.ts';
import type { Service } from './service.ts';
import { parseShared } from './topic-rules.ts';

/** What policies say of one client, or why none is asked. `name` as in {@link Authority}. */
export type Judge = (action: IotAction, clientId: string, name: string) => Verdict | string;

interface Ruling {
  readonly isAllowed: boolean;
  readonly isDenied: boolean;
  readonly decidedBy: string;
}

/** Enforces IoT policies on one connection. Its log says what decided. */
export class PolicyAuthority implements Authority {
  readonly #log: Logger;
  readonly #judge: Judge;
  readonly #findFlaw: (credentials: Credentials) => string | undefined;

  /** `findFlaw` says why a client is not who it says; without it, it has proved that. */
  constructor(
    log: Logger,
    judge: Judge,
    findFlaw: (credentials: Credentials) => string | undefined = () => undefined,
  ) {
    this.#log = log;
    this.#judge = judge;
    this.#findFlaw = findFlaw;
  }

  admits(credentials: Credentials): boolean {
    const reason = this.#findFlaw(credentials);
    if (reason === undefined) return true;
    this.#log.warn('not authenticated', { clientId: credentials.clientId, reason });
    return false;
  }

  permits(action: IotAction, clientId: string, name: string): boolean {
    const { isAllowed, decidedBy } = this.#rule(action, clientId, name);
    // Nobody is told of messages that it may not receive, so a busy topic would flood the log.
    const level = isAllowed || action === 'Receive' ? 'debug' : 'warn';
    this.#log[level](isAllowed ? 'authorized' : 'not authorized', {
      clientId,
      action: `iot:${action}`,
      resource: name,
      decidedBy,
    });
    return isAllowed;
  }

  #rule(action: IotAction, clientId: string, name: string): Ruling {
    const written = this.#ask(action, clientId, name);
    if (action !== 'Subscribe' || !written.isAllowed) return written;
    // What is denied to a plain subscription is denied to a shared one.
    const shared = parseShared(name);
    if (shared === undefined) return written;
    const plain = this.#ask(action, clientId, shared.filter);
    return plain.isDenied ? plain : written;
  }

  #ask(action: IotAction, clientId: string, name: string): Ruling {
    const verdict = this.#judge(action, clientId, name);
    if (typeof verdict === 'string')
      return { isAllowed: false, isDenied: true, decidedBy: verdict };
    const { isAllowed, policyName } = verdict;
    return {
      isAllowed,
      isDenied: !isAllowed && policyName !== undefined,
      decidedBy: describeVerdict(verdict),
    };
  }
}

/**
 * By the policies of a certificate, as they stand at each operation: a detached policy or a certificate
 * set inactive counts from the next one (reference §9.3). Without a certificate a client may do nothing.
 */
export function judgeByCertificate(
  service: Pick<Service, 'view'>,
  certificateId: string | undefined,
  sourceIp: string | undefined,
): Judge {
  return (action, clientId, name) => {
    if (certificateId === undefined) return 'the client showed no certificate';
    const request = { certificateId, clientId, sourceIp, action, name };
    const verdict = judgeAccess(service.view, request);
    return typeof verdict === 'string' ? `its certificate is ${verdict}` : verdict;
  };
}
