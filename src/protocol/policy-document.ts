import { z } from 'zod';
import { type Pattern, parsePattern } from './policy-pattern.ts';
import { isVariable } from './policy-subject.ts';

/** One statement of an IoT policy, ready to be judged by. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** In lower case: IAM does not tell cases of actions apart. */
  readonly actions: readonly Pattern[];
  readonly resources: readonly Pattern[];
  /** All must hold. */
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly variable: string;
  /** One must match. */
  readonly values: readonly Pattern[];
}

export type ParsedPolicy =
  | { readonly ok: true; readonly statements: readonly Statement[] }
  | { readonly ok: false; readonly flaw: string };

const operators = ['StringEquals', 'StringLike', 'Bool'] as const;
const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1)]);
const Action = z
  .string()
  .regex(/^(\*|[a-zA-Z0-9*?-]+:[a-zA-Z0-9*?]+)$/, 'must be like iot:Publish, iot:* or *');
const Resource = z.string().regex(/^(\*$|arn:)/, 'must be an ARN or *');
const ConditionValue = z.union([z.string(), z.boolean()]);

/**
 * What an IoT policy may say. Strict: what we would not honour is refused at the door, for a policy
 * that is half understood could let through what it forbids.
 */
const PolicyDocument = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: oneOrMore(
    z.strictObject({
      Sid: z.string().optional(),
      Effect: z.enum(['Allow', 'Deny']),
      Action: oneOrMore(Action),
      Resource: oneOrMore(Resource),
      Condition: z
        .partialRecord(
          z.enum(operators),
          z.record(
            z.string().refine(isVariable, 'is no condition key that is modelled'),
            oneOrMore(ConditionValue),
          ),
        )
        .optional(),
    }),
  ),
});

type RawStatement = Extract<z.output<typeof PolicyDocument>['Statement'], readonly unknown[]>[0];

/** Reads a policy document; `flaw` says where it is malformed (reference §7.7, CreatePolicy). */
export function parsePolicy(text: string): ParsedPolicy {
  let json: unknown;
  try {
    json = JSON.parse(text, (name, value: unknown) => {
      // A schema would pass over it, and a condition that nobody sees allows everything.
      if (name === '__proto__') throw new SyntaxError(name);
      return value;
    });
  } catch {
    return { ok: false, flaw: 'it is not JSON' };
  }
  const parsed = PolicyDocument.safeParse(json);
  if (!parsed.success) return { ok: false, flaw: flawOf(parsed.error) };
  return { ok: true, statements: [parsed.data.Statement].flat().map(statementOf) };
}

function statementOf({ Sid, Effect, Action, Resource, Condition = {} }: RawStatement): Statement {
  return {
    sid: Sid,
    effect: Effect,
    actions: [Action].flat().map((action) => parsePattern(action.toLowerCase())),
    resources: [Resource].flat().map((resource) => parsePattern(resource)),
    conditions: operators.flatMap((operator) =>
      Object.entries(Condition[operator] ?? {}).map(([variable, values]) => ({
        variable,
        values: [values].flat().map((value) => conditionPattern(operator, value)),
      })),
    ),
  };
}

function conditionPattern(operator: (typeof operators)[number], value: string | boolean): Pattern {
  return parsePattern(
    operator === 'Bool' ? String(value).toLowerCase() : String(value),
    operator === 'StringLike',
  );
}

function flawOf(error: z.ZodError): string {
  const [first] = error.issues;
  const path = first?.path.join('.') ?? '';
  return `${path === '' ? 'the document' : path}: ${first?.message ?? 'not understood'}`;
}
