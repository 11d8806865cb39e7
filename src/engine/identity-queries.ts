import { type Account, formatArn } from '../protocol/names.ts';
import { type IotAction, judge, type NamedPolicy, type Verdict } from '../protocol/policy.ts';
import { accepted, type Reply } from '../protocol/rejections.ts';
import { compareText } from './directory.ts';
import { findCertificate } from './identity-lookup.ts';
import type { Certificate } from './identity-state.ts';
import { noThing } from './lookup.ts';
import { type PageRequest, sortedAfter, takePage } from './paging.ts';
import { ancestryOf } from './registry-queries.ts';
import type { EngineView, Thing } from './state.ts';

/** By ARN. */
export function listThingPrincipals(
  view: EngineView,
  thingName: string,
  page: PageRequest,
): Reply<{ readonly principals: readonly string[]; readonly nextToken?: string }> {
  if (!view.things.has(thingName)) return noThing(thingName);
  const ids = [...(view.identity.principals.get(thingName) ?? [])].sort(compareText);
  const { items, ...rest } = takePage(
    sortedAfter(ids, (id) => page.after === undefined || id > page.after),
    page.limit,
    () => true,
    (id) => formatArn(view.account, 'cert', id),
    (id) => id,
  );
  return accepted({ principals: items, ...rest });
}

/** Names of the things that a certificate is attached to. */
export function listPrincipalThings(
  view: EngineView,
  principal: string,
  page: PageRequest,
): Reply<{ readonly things: readonly string[]; readonly nextToken?: string }> {
  const found = findCertificate(view, principal);
  if (!found.ok) return found;
  const { items, ...rest } = takePage(
    found.value.thingNames.sortedFrom((name) => page.after === undefined || name > page.after),
    page.limit,
    () => true,
    (name) => name,
    (name) => name,
  );
  return accepted({ things: items, ...rest });
}

/** What a client with a certificate asks leave for; `name` is a client id, topic or topic filter. */
export interface AccessRequest {
  readonly certificateId: string;
  readonly clientId: string;
  readonly sourceIp: string | undefined;
  readonly action: IotAction;
  readonly name: string;
}

/** Why a request is refused before any policy is asked. */
export type BadCertificate = 'unregistered' | 'inactive';

export function findBadCertificate(
  view: EngineView,
  certificateId: string,
): BadCertificate | undefined {
  const certificate = view.identity.certificates.get(certificateId);
  if (certificate === undefined) return 'unregistered';
  return certificate.status === 'ACTIVE' ? undefined : 'inactive';
}

/** What a policy names when it is about this. */
export function resourceArnOf(account: Account, action: IotAction, name: string): string {
  return formatArn(account, resourceKinds[action], name);
}

const resourceKinds: Readonly<Record<IotAction, 'client' | 'topic' | 'topicfilter'>> = {
  Connect: 'client',
  Publish: 'topic',
  RetainPublish: 'topic',
  Receive: 'topic',
  Subscribe: 'topicfilter',
};

/**
 * Judges by the policies of the certificate, and by those of the groups of the thing it acts for and
 * their ancestors (reference §7.7, §9.3), as they stand now.
 */
export function judgeAccess(view: EngineView, request: AccessRequest): Verdict | BadCertificate {
  const { certificateId, clientId, sourceIp, action, name } = request;
  const certificate = view.identity.certificates.get(certificateId);
  if (certificate === undefined) return 'unregistered';
  if (certificate.status !== 'ACTIVE') return 'inactive';
  const thing = certificate.thingNames.has(clientId) ? view.things.get(clientId) : undefined;
  return judge(policiesOf(view, certificate, thing), {
    action,
    resourceArn: resourceArnOf(view.account, action, name),
    subject: { clientId, sourceIp, certificate, thing },
  });
}

function policiesOf(
  view: EngineView,
  { certificateId }: Certificate,
  thing: Thing | undefined,
): NamedPolicy[] {
  const { policies, policyTargets } = view.identity;
  const groupNames = thing?.groupNames.flatMap((name) => ancestryOf(view, name)) ?? [];
  const targets = [
    formatArn(view.account, 'cert', certificateId),
    ...groupNames.map((name) => formatArn(view.account, 'thinggroup', name)),
  ];
  const names = new Set(targets.flatMap((target) => [...(policyTargets.get(target) ?? [])]));
  return [...names].flatMap((name) => policies.get(name) ?? []);
}
