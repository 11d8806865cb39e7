import type { Statement } from './policy-document.ts';
import { matchesPattern, type Resolve } from './policy-pattern.ts';
import { type PolicySubject, resolverFor } from './policy-subject.ts';

/** What the broker asks leave for (reference §9.3). */
export type IotAction = 'Connect' | 'Publish' | 'RetainPublish' | 'Subscribe' | 'Receive';

export interface NamedPolicy {
  readonly policyName: string;
  readonly statements: readonly Statement[];
}

export interface PolicyRequest {
  readonly action: IotAction;
  readonly resourceArn: string;
  readonly subject: PolicySubject;
}

/** The statement that decided, counted from 1; none when nothing allows it. */
export type Verdict =
  | {
      readonly isAllowed: boolean;
      readonly policyName: string;
      readonly statement: number;
      readonly sid: string | undefined;
    }
  | { readonly isAllowed: false; readonly policyName: undefined };

const implicitDeny: Verdict = { isAllowed: false, policyName: undefined };

/** An explicit Deny wins over every Allow; what nothing allows is denied. */
export function judge(policies: readonly NamedPolicy[], request: PolicyRequest): Verdict {
  const action = `iot:${request.action}`.toLowerCase();
  const resolve = resolverFor(request.subject);
  let verdict = implicitDeny;
  for (const { policyName, statements } of policies) {
    for (const [index, statement] of statements.entries()) {
      const isAllowed = statement.effect === 'Allow';
      if (isAllowed && verdict.isAllowed) continue;
      if (!applies(statement, request, action, resolve)) continue;
      const decided = { isAllowed, policyName, statement: index + 1, sid: statement.sid };
      if (!isAllowed) return decided;
      verdict = decided;
    }
  }
  return verdict;
}

/** `policy fleet, statement 2 (OwnTopics)`, for the log. */
export function describeVerdict(verdict: Verdict): string {
  if (verdict.policyName === undefined) return 'no statement allows it';
  const { policyName, statement, sid } = verdict;
  return `policy ${policyName}, statement ${statement}${sid === undefined ? '' : ` (${sid})`}`;
}

function applies(
  { effect, actions, resources, conditions }: Statement,
  request: PolicyRequest,
  action: string,
  resolve: Resolve,
): boolean {
  const inResource =
    effect === 'Allow' && request.action === 'Subscribe' ? withoutFilters(resolve) : resolve;
  return (
    actions.some((pattern) => matchesPattern(pattern, action, nothing)) &&
    resources.some((pattern) => matchesPattern(pattern, request.resourceArn, inResource)) &&
    conditions.every(({ variable, values }) => {
      const value = resolve(variable);
      return (
        value !== undefined && values.some((pattern) => matchesPattern(pattern, value, resolve))
      );
    })
  );
}

/** Else a client named `#` would be allowed every topic by `topicfilter/${iot:ClientId}`. */
function withoutFilters(resolve: Resolve): Resolve {
  return (name) => {
    const value = resolve(name);
    return value === undefined || /[+#]/.test(value) ? undefined : value;
  };
}

function nothing(): undefined {
  return undefined;
}
