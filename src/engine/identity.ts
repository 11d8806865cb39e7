import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { formatArn, parseArn } from '../protocol/names.ts';
import { parsePolicy } from '../protocol/policy-document.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import type { CommandOf, PolicyRef } from './commands.ts';
import type { Certificate } from './identity-state.ts';
import { noThing } from './lookup.ts';
import { noGroup } from './registry-queries.ts';
import { noTags, tagsFrom } from './tags.ts';
import type { World } from './world.ts';

/** CreateKeysAndCertificate: the keys were made outside, and the private one stays there. */
export function createCertificate(
  world: World,
  command: CommandOf<'create-certificate'>,
  now: Millis,
): Reply<{ readonly certificateArn: string }> {
  const { certificateId, certificatePem, isActive, commonName, serialNumber } = command;
  const certificateArn = formatArn(world.account, 'cert', certificateId);
  if (world.identity.certificates.has(certificateId)) {
    return rejected('ResourceAlreadyExists', `Certificate ${certificateId} already exists.`, {
      resourceId: certificateId,
      resourceArn: certificateArn,
    });
  }
  world.identity.certificates.set(certificateId, {
    certificateId,
    certificatePem,
    status: isActive ? 'ACTIVE' : 'INACTIVE',
    createdAt: now,
    commonName,
    serialNumber,
    thingNames: new Set(),
    isExclusive: false,
  });
  return accepted({ certificateArn });
}

/** AttachThingPrincipal. Attaching again succeeds (reference §7.7). */
export function attachPrincipal(
  world: World,
  { thingName, principal, isExclusive }: CommandOf<'attach-principal'>,
): Reply<undefined> {
  const found = findAttachment(world, thingName, principal);
  if (!found.ok) return found;
  const certificate = found.value;
  const others = certificate.thingNames.size - (certificate.thingNames.has(thingName) ? 1 : 0);
  if (others > 0 && (isExclusive || certificate.isExclusive)) {
    return rejected(
      'InvalidRequest',
      `Principal ${principal} is attached to another thing and cannot be shared.`,
    );
  }
  const { certificates, principals } = world.identity;
  const thingNames = new Set(certificate.thingNames).add(thingName);
  // Attaching again without a type does not loosen an exclusive attachment.
  const staysExclusive = isExclusive || certificate.isExclusive;
  certificates.set(certificate.certificateId, {
    ...certificate,
    thingNames,
    isExclusive: staysExclusive,
  });
  addTo(principals, thingName, certificate.certificateId);
  return accepted(undefined);
}

/** DetachThingPrincipal. Detaching what is not attached succeeds, as leaving a group does. */
export function detachPrincipal(
  world: World,
  { thingName, principal }: CommandOf<'detach-principal'>,
): Reply<undefined> {
  const found = findAttachment(world, thingName, principal);
  if (!found.ok) return found;
  const certificate = found.value;
  if (!certificate.thingNames.has(thingName)) return accepted(undefined);
  const { certificates, principals } = world.identity;
  const thingNames = new Set(certificate.thingNames);
  thingNames.delete(thingName);
  const isExclusive = certificate.isExclusive && thingNames.size > 0;
  certificates.set(certificate.certificateId, { ...certificate, thingNames, isExclusive });
  removeFrom(principals, thingName, certificate.certificateId);
  return accepted(undefined);
}

export function createPolicy(
  world: World,
  { policyName, policyDocument, tags }: CommandOf<'create-policy'>,
): Reply<PolicyRef> {
  const { policies } = world.identity;
  if (policyDocument.replaceAll(/\s/g, '').length > limits.policyCharactersMax) {
    return rejected(
      'InvalidRequest',
      `The policy document is longer than ${limits.policyCharactersMax} characters without blanks.`,
    );
  }
  const parsed = parsePolicy(policyDocument);
  if (!parsed.ok) {
    return rejected('MalformedPolicy', `Policy document is malformed: ${parsed.flaw}.`);
  }
  const policyArn = formatArn(world.account, 'policy', policyName);
  if (policies.has(policyName)) {
    return rejected(
      'ResourceAlreadyExists',
      `Policy cannot be created - name already exists (name=${policyName})`,
      { resourceId: policyName, resourceArn: policyArn },
    );
  }
  policies.set(policyName, {
    policyName,
    statements: parsed.statements,
    documentText: policyDocument,
    tags: tagsFrom(noTags, tags),
  });
  return accepted({ policyName, policyArn, policyDocument, policyVersionId: '1' });
}

/** AttachPolicy. Attaching again succeeds (reference §7.7). */
export function attachPolicy(
  world: World,
  { policyName, target }: CommandOf<'attach-policy'>,
): Reply<undefined> {
  const { policies, policyTargets } = world.identity;
  if (!policies.has(policyName)) {
    return rejected('ResourceNotFound', `Policy ${policyName} not found.`);
  }
  const known = findTarget(world, target);
  if (!known.ok) return known;
  const held = policyTargets.get(target);
  if (held !== undefined && !held.has(policyName) && held.size >= limits.policiesPerTargetMax) {
    return rejected(
      'LimitExceeded',
      `${target} has ${limits.policiesPerTargetMax} policies already.`,
    );
  }
  addTo(policyTargets, target, policyName);
  return accepted(undefined);
}

/** DetachPolicy knows no ResourceNotFound: what is not attached stays so, an unknown policy is a flaw. */
export function detachPolicy(
  world: World,
  { policyName, target }: CommandOf<'detach-policy'>,
): Reply<undefined> {
  const { policies, policyTargets } = world.identity;
  if (!policies.has(policyName)) {
    return rejected('InvalidRequest', `Policy ${policyName} not found.`);
  }
  removeFrom(policyTargets, target, policyName);
  return accepted(undefined);
}

/** A deleted group's policies hold for nobody. */
export function forgetGroupPolicies(world: World, groupName: string): void {
  world.identity.policyTargets.delete(formatArn(world.account, 'thinggroup', groupName));
}

function findAttachment(world: World, thingName: string, principal: string): Reply<Certificate> {
  if (!world.things.has(thingName)) return noThing(thingName);
  return findCertificate(world, principal);
}

function findCertificate(world: World, arnText: string): Reply<Certificate> {
  const arn = parseArn(arnText);
  if (arn?.kind !== 'cert') {
    return rejected('InvalidRequest', `'${arnText}' is not the ARN of a certificate.`);
  }
  const certificate = world.identity.certificates.get(arn.name);
  return certificate === undefined || arnText !== formatArn(world.account, 'cert', arn.name)
    ? rejected('ResourceNotFound', `Certificate ${arnText} not found.`)
    : accepted(certificate);
}

const cognitoIdentity = /^[\w-]+:[0-9a-f-]{36}$/;

function findTarget(world: World, target: string): Reply<unknown> {
  const arn = parseArn(target);
  if (arn?.kind === 'thinggroup') {
    const isOurs = target === formatArn(world.account, 'thinggroup', arn.name);
    const group = isOurs ? world.groups.get(arn.name) : undefined;
    if (group === undefined) return noGroup(arn.name);
    return group.dynamic === undefined
      ? accepted(undefined)
      : rejected('InvalidRequest', `Dynamic thing group ${arn.name} cannot have policies.`);
  }
  if (arn?.kind === 'cert') return findCertificate(world, target);
  if (cognitoIdentity.test(target)) return accepted(undefined);
  return rejected(
    'InvalidRequest',
    `'${target}' is not the ARN of a certificate or thing group, nor a Cognito identity.`,
  );
}

function addTo(sets: Map<string, Set<string>>, key: string, item: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([item]));
  else set.add(item);
}

function removeFrom(sets: Map<string, Set<string>>, key: string, item: string): void {
  const set = sets.get(key);
  if (set?.delete(item) && set.size === 0) sets.delete(key);
}
