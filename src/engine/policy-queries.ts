import type { Millis } from '../base/clock.ts';
import { formatArn } from '../protocol/names.ts';
import { accepted, type Reply } from '../protocol/rejections.ts';
import { createdAfter } from './creation-order.ts';
import { compareText } from './directory.ts';
import { findPolicyTarget, noPolicy } from './identity-lookup.ts';
import { type PageRequest, sortedAfter, takePage } from './paging.ts';
import { ancestryOf } from './registry-queries.ts';
import type { EngineView } from './state.ts';

interface PolicySummary {
  readonly policyName: string;
  readonly policyArn: string;
}

type PolicyPage = Reply<{
  readonly policies: readonly PolicySummary[];
  readonly nextToken?: string;
}>;

interface PolicyDetails extends PolicySummary {
  readonly policyDocument: string;
  readonly defaultVersionId: string;
  readonly creationDate: Millis;
  readonly lastModifiedDate: Millis;
}

/** There is one version of each: no operation here makes another. */
export function getPolicy(view: EngineView, policyName: string): Reply<PolicyDetails> {
  const policy = view.identity.policies.get(policyName);
  if (policy === undefined) return noPolicy(policyName);
  return accepted({
    ...summaryOf(view, policyName),
    policyDocument: policy.documentText,
    defaultVersionId: '1',
    creationDate: policy.createdAt,
    lastModifiedDate: policy.createdAt,
  });
}

/** Latest first unless asked otherwise. */
export function listPolicies(
  view: EngineView,
  isAscending: boolean,
  page: PageRequest,
): PolicyPage {
  const source = createdAfter(view.identity.policies, isAscending, page.after);
  if (!source.ok) return source;
  const { items, ...rest } = takePage(
    source.value,
    page.limit,
    () => true,
    ({ policyName }) => summaryOf(view, policyName),
    ({ order }) => String(order),
  );
  return accepted({ policies: items, ...rest });
}

/** By name; `recursive` adds those of the groups above a group (CHOICE). */
export function listAttachedPolicies(
  view: EngineView,
  target: string,
  recursive: boolean,
  page: PageRequest,
): PolicyPage {
  const found = findPolicyTarget(view, target);
  if (!found.ok) return found;
  const groupNames = recursive && found.value !== undefined ? ancestryOf(view, found.value) : [];
  const holders = [
    target,
    ...groupNames.map((name) => formatArn(view.account, 'thinggroup', name)),
  ];
  const names = new Set(
    holders.flatMap((holder) => [...(view.identity.policyTargets.get(holder) ?? [])]),
  );
  const { items, ...rest } = takePage(
    sortedAfter(
      [...names].sort(compareText),
      (name) => page.after === undefined || name > page.after,
    ),
    page.limit,
    () => true,
    (name) => summaryOf(view, name),
    (name) => name,
  );
  return accepted({ policies: items, ...rest });
}

/** By ARN. */
export function listTargetsForPolicy(
  view: EngineView,
  policyName: string,
  page: PageRequest,
): Reply<{ readonly targets: readonly string[]; readonly nextToken?: string }> {
  const policy = view.identity.policies.get(policyName);
  if (policy === undefined) return noPolicy(policyName);
  const { items, ...rest } = takePage(
    policy.targets.sortedFrom((target) => page.after === undefined || target > page.after),
    page.limit,
    () => true,
    (target) => target,
    (target) => target,
  );
  return accepted({ targets: items, ...rest });
}

function summaryOf({ account }: EngineView, policyName: string): PolicySummary {
  return { policyName, policyArn: formatArn(account, 'policy', policyName) };
}
