import type { Logger } from '../base/log.ts';
import { judgeAccess } from '../engine/identity-queries.ts';
import { describeVerdict, type IotAction } from '../protocol/policy.ts';
import type { Authority } from './authority.ts';
import type { Service } from './service.ts';
import { parseShared } from './topic-rules.ts';

export interface PolicyAuthorityOptions {
  readonly service: Pick<Service, 'view'>;
  readonly log: Logger;
  /** Undefined for a client that showed no certificate: it may do nothing. */
  readonly certificateId: string | undefined;
  readonly sourceIp: string | undefined;
}

interface Ruling {
  readonly isAllowed: boolean;
  readonly decidedBy: string;
}

/**
 * Enforces IoT policies on one connection, as they stand at each operation: a detached policy or a
 * certificate set inactive counts from the next one (reference §9.3). Its log says what decided.
 */
export class PolicyAuthority implements Authority {
  readonly #options: PolicyAuthorityOptions;

  constructor(options: PolicyAuthorityOptions) {
    this.#options = options;
  }

  permits(action: IotAction, clientId: string, name: string): boolean {
    const { isAllowed, decidedBy } = this.#rule(action, clientId, name);
    // Nobody is told of messages that it may not receive, so a busy topic would flood the log.
    const level = isAllowed || action === 'Receive' ? 'debug' : 'warn';
    this.#options.log[level](isAllowed ? 'authorized' : 'not authorized', {
      clientId,
      action: `iot:${action}`,
      resource: name,
      decidedBy,
    });
    return isAllowed;
  }

  #rule(action: IotAction, clientId: string, name: string): Ruling {
    const written = this.#judge(action, clientId, name);
    if (action !== 'Subscribe' || !written.isAllowed) return written;
    // What is denied to a plain subscription is denied to a shared one.
    const shared = parseShared(name);
    if (shared === undefined) return written;
    const plain = this.#judge(action, clientId, shared.filter);
    return plain.isDenied ? plain : written;
  }

  #judge(action: IotAction, clientId: string, name: string): Ruling & { isDenied: boolean } {
    const { service, certificateId, sourceIp } = this.#options;
    if (certificateId === undefined) return refused('the client showed no certificate');
    const request = { certificateId, clientId, sourceIp, action, name };
    const verdict = judgeAccess(service.view, request);
    if (typeof verdict === 'string') return refused(`its certificate is ${verdict}`);
    const { isAllowed, policyName } = verdict;
    return {
      isAllowed,
      isDenied: !isAllowed && policyName !== undefined,
      decidedBy: describeVerdict(verdict),
    };
  }
}

function refused(decidedBy: string) {
  return { isAllowed: false, isDenied: true, decidedBy };
}
