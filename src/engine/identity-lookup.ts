import { type Account, formatArn, parseArn } from '../protocol/names.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import { noGroup } from './registry-queries.ts';
import type { EngineView } from './state.ts';

interface Holder<C> {
  readonly account: Account;
  readonly identity: { readonly certificates: ReadonlyMap<string, C> };
}

/** By its ARN, of this account and region. */
export function findCertificate<C>({ account, identity }: Holder<C>, arnText: string): Reply<C> {
  const arn = parseArn(arnText);
  if (arn?.kind !== 'cert') {
    return rejected('InvalidRequest', `'${arnText}' is not the ARN of a certificate.`);
  }
  const certificate = identity.certificates.get(arn.name);
  return certificate === undefined || arnText !== formatArn(account, 'cert', arn.name)
    ? rejected('ResourceNotFound', `Certificate ${arnText} not found.`)
    : accepted(certificate);
}

const cognitoIdentity = /^[\w-]+:[0-9a-f-]{36}$/;

/** What policies can be attached to, when it is there; the name of the group if it is one. */
export function findPolicyTarget(view: EngineView, target: string): Reply<string | undefined> {
  const arn = parseArn(target);
  if (arn?.kind === 'thinggroup') {
    const isOurs = target === formatArn(view.account, 'thinggroup', arn.name);
    const group = isOurs ? view.groups.get(arn.name) : undefined;
    if (group === undefined) return noGroup(arn.name);
    return group.dynamic === undefined
      ? accepted(arn.name)
      : rejected('InvalidRequest', `Dynamic thing group ${arn.name} cannot have policies.`);
  }
  if (arn?.kind === 'cert') {
    const found = findCertificate(view, target);
    return found.ok ? accepted(undefined) : found;
  }
  if (cognitoIdentity.test(target)) return accepted(undefined);
  return rejected(
    'InvalidRequest',
    `'${target}' is not the ARN of a certificate or thing group, nor a Cognito identity.`,
  );
}

export function noCertificate(certificateId: string) {
  return rejected('ResourceNotFound', `Certificate ${certificateId} not found.`);
}

export function noPolicy(policyName: string) {
  return rejected('ResourceNotFound', `Policy ${policyName} not found.`);
}
