import { listPrincipalThings, listThingPrincipals } from '../engine/identity-queries.ts';
import {
  getPolicy,
  listAttachedPolicies,
  listPolicies,
  listTargetsForPolicy,
} from '../engine/policy-queries.ts';
import type { Tag } from '../protocol/tags.ts';
import type { Handler } from './http-api.ts';
import { certificateHandlers } from './http-certificates.ts';
import type { LocalAuthority } from './local-authority.ts';
import { type PageInput, pageOf } from './page-token.ts';
import type { Service } from './service.ts';

interface AttachPrincipalInput {
  readonly thingName: string;
  readonly principal: string;
  readonly thingPrincipalType?: 'EXCLUSIVE_THING' | 'NON_EXCLUSIVE_THING';
}

interface CreatePolicyInput {
  readonly policyName: string;
  readonly policyDocument: string;
  readonly tags?: readonly Tag[];
}

interface PolicyTargetInput {
  readonly policyName: string;
  readonly target: string;
}

type ListPoliciesInput = { readonly ascendingOrder?: boolean } & PageInput;

type ListAttachedInput = { readonly target: string; readonly recursive?: boolean } & PageInput;

/** Certificates and policies of devices, and what they are attached to (reference §7.7). */
export function identityHandlers(
  service: Service,
  authority: LocalAuthority,
): Readonly<Record<string, Handler>> {
  return {
    ...certificateHandlers(service, authority),
    ...principalHandlers(service),
    ...policyHandlers(service),
  };
}

function principalHandlers(service: Service): Readonly<Record<string, Handler>> {
  return {
    AttachThingPrincipal: ({ thingName, principal, thingPrincipalType }: AttachPrincipalInput) =>
      service.call({
        type: 'attach-principal',
        thingName,
        principal,
        isExclusive: thingPrincipalType === 'EXCLUSIVE_THING',
      }),
    DetachThingPrincipal: (input: { thingName: string; principal: string }) =>
      service.call({ type: 'detach-principal', ...input }),
    ListThingPrincipals: (input: { thingName: string } & PageInput) =>
      listThingPrincipals(service.view, input.thingName, pageOf(input)),
    ListPrincipalThings: (input: { principal: string } & PageInput) =>
      listPrincipalThings(service.view, input.principal, pageOf(input)),
  };
}

function policyHandlers(service: Service): Readonly<Record<string, Handler>> {
  return {
    CreatePolicy: (input: CreatePolicyInput) => service.call({ type: 'create-policy', ...input }),
    GetPolicy: ({ policyName }: { policyName: string }) => getPolicy(service.view, policyName),
    DeletePolicy: (input: { policyName: string }) =>
      service.call({ type: 'delete-policy', ...input }),
    ListPolicies: ({ ascendingOrder = false, ...page }: ListPoliciesInput) =>
      listPolicies(service.view, ascendingOrder, pageOf(page)),
    AttachPolicy: (input: PolicyTargetInput) => service.call({ type: 'attach-policy', ...input }),
    DetachPolicy: (input: PolicyTargetInput) => service.call({ type: 'detach-policy', ...input }),
    ListAttachedPolicies: ({ target, recursive = false, ...page }: ListAttachedInput) =>
      listAttachedPolicies(service.view, target, recursive, pageOf(page)),
    ListTargetsForPolicy: ({ policyName, ...page }: { policyName: string } & PageInput) =>
      listTargetsForPolicy(service.view, policyName, pageOf(page)),
  };
}
