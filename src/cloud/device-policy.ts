import { AppError } from '../base/errors.ts';
import type { Profile } from '../device/profile.ts';
import { limits } from '../protocol/limits.ts';
import { type Account, formatArn } from '../protocol/names.ts';
import { jobsTopic, notifyNextTopic, notifyTopic } from '../protocol/topics.ts';
import type { ResourcePlan } from './resource-plan.ts';

export interface DevicePolicyInput {
  readonly account: Account;
  /** Whether each thing has a certificate of its own, which is attached to it. */
  readonly isOwnCertificate: boolean;
  /** The client ids that may share a certificate: `fr-1a2b3c4d-pump-*`. */
  readonly clientIds: string;
  /** What the ids of the run's jobs begin with. */
  readonly jobPrefix: string;
  /** How the devices ask for their jobs; each kind needs other topics. */
  readonly clients: ReadonlySet<Profile['client']>;
}

/** That of a run's devices, in the account it is in. */
export function policyOf(plan: ResourcePlan, account: Account): string {
  const { clients, clientIds, identity, prefix } = plan;
  const isOwnCertificate = identity?.per === 'thing';
  return devicePolicy({ account, isOwnCertificate, clientIds, jobPrefix: prefix, clients });
}

/**
 * The least that the devices of one scenario need (reference §9.3): to connect as themselves, to ask for
 * their own jobs, and to be answered. The text of an IoT policy, without blanks.
 */
export function devicePolicy(input: DevicePolicyInput): string {
  const { account, isOwnCertificate, clientIds } = input;
  const self = isOwnCertificate
    ? variable('iot:Connection.Thing.ThingName')
    : variable('iot:ClientId');
  const topics = topicsOf(self, input);
  const allow = (action: string, kind: 'client' | 'topic' | 'topicfilter', names: string[]) => ({
    Effect: 'Allow',
    Action: `iot:${action}`,
    Resource: names.map((name) => formatArn(account, kind, name)),
  });
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      allow('Connect', 'client', [isOwnCertificate ? self : clientIds]),
      allow('Publish', 'topic', topics.requests),
      allow('Subscribe', 'topicfilter', topics.notices),
      allow('Receive', 'topic', [
        ...topics.requests.map((topic) => `${topic}/*`),
        ...topics.notices,
      ]),
    ],
  });
  if (text.replaceAll(/\s/g, '').length <= limits.policyCharactersMax) return text;
  throw new AppError(
    'scenario',
    `the policy of the devices would be longer than the ${limits.policyCharactersMax} characters that AWS takes`,
    { hint: 'let the profiles use fewer kinds of `client`' },
  );
}

/** Only jobs of this run: on things that were there before, others may be pending. */
function topicsOf(self: string, { jobPrefix, clients }: DevicePolicyInput) {
  const asks: Readonly<Record<Profile['client'], string>> = {
    'describe-next': '$next/get',
    'start-next': 'start-next',
    pick: 'get',
  };
  const suffixes = [
    ...[...clients].map((client) => asks[client]),
    `${jobPrefix}*/get`,
    `${jobPrefix}*/update`,
  ];
  const notices = [...clients].map((client) =>
    client === 'pick' ? notifyTopic(self) : notifyNextTopic(self),
  );
  return {
    requests: suffixes.map((suffix) => jobsTopic(self, suffix)),
    notices: [...new Set(notices)],
  };
}

function variable(name: string): string {
  return `\${${name}}`;
}
