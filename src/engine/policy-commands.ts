import type { Millis } from '../base/clock.ts';
import { limits } from '../protocol/limits.ts';
import { formatArn } from '../protocol/names.ts';
import { parsePolicy } from '../protocol/policy-document.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import type { CommandOf, PolicyRef } from './commands.ts';
import { findPolicyTarget, noPolicy } from './identity-lookup.ts';
import { emptyNames } from './identity-state.ts';
import { addTo, removeFrom } from './keyed-sets.ts';
import { noTags, tagsFrom } from './tags.ts';
import type { World } from './world.ts';

export function createPolicy(
  world: World,
  { policyName, policyDocument, tags }: CommandOf<'create-policy'>,
  now: Millis,
): Reply<PolicyRef> {
  const { identity } = world;
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
  if (identity.policies.has(policyName)) {
    return rejected(
      'ResourceAlreadyExists',
      `Policy cannot be created - name already exists (name=${policyName})`,
      { resourceId: policyName, resourceArn: policyArn },
    );
  }
  identity.policies.set(policyName, {
    policyName,
    order: identity.nextOrder++,
    statements: parsed.statements,
    documentText: policyDocument,
    createdAt: now,
    targets: emptyNames(),
    tags: tagsFrom(noTags, tags),
  });
  return accepted({ policyName, policyArn, policyDocument, policyVersionId: '1' });
}

/** Not while it is attached to anything. */
export function deletePolicy(
  world: World,
  { policyName }: CommandOf<'delete-policy'>,
): Reply<undefined> {
  const { policies } = world.identity;
  const policy = policies.get(policyName);
  if (policy === undefined) return noPolicy(policyName);
  if (policy.targets.size > 0) {
    return rejected(
      'DeleteConflict',
      `The policy cannot be deleted as the policy is attached to one or more principals (name=${policyName})`,
    );
  }
  policies.delete(policyName);
  return accepted(undefined);
}

/** AttachPolicy. Attaching again succeeds (reference §7.7). */
export function attachPolicy(
  world: World,
  { policyName, target }: CommandOf<'attach-policy'>,
): Reply<undefined> {
  const { policies, policyTargets } = world.identity;
  const policy = policies.get(policyName);
  if (policy === undefined) return noPolicy(policyName);
  const known = findPolicyTarget(world, target);
  if (!known.ok) return known;
  const held = policyTargets.get(target);
  if (held !== undefined && !held.has(policyName) && held.size >= limits.policiesPerTargetMax) {
    return rejected(
      'LimitExceeded',
      `${target} has ${limits.policiesPerTargetMax} policies already.`,
    );
  }
  addTo(policyTargets, target, policyName);
  policy.targets.set(target, target);
  return accepted(undefined);
}

/** DetachPolicy knows no ResourceNotFound: what is not attached stays so, an unknown policy is a flaw. */
export function detachPolicy(
  world: World,
  { policyName, target }: CommandOf<'detach-policy'>,
): Reply<undefined> {
  const { policies, policyTargets } = world.identity;
  const policy = policies.get(policyName);
  if (policy === undefined) return rejected('InvalidRequest', `Policy ${policyName} not found.`);
  removeFrom(policyTargets, target, policyName);
  policy.targets.delete(target);
  return accepted(undefined);
}

/** A deleted group's policies hold for nobody. */
export function forgetGroupPolicies(world: World, groupName: string): void {
  detachAllPolicies(world, formatArn(world.account, 'thinggroup', groupName));
}

/** Of a target that is no more. */
export function detachAllPolicies(world: World, target: string): void {
  const { policies, policyTargets } = world.identity;
  for (const name of policyTargets.get(target) ?? []) policies.get(name)?.targets.delete(target);
  policyTargets.delete(target);
}
