import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../base/errors.ts';
import { tellFileProblem } from '../base/file-problem.ts';
import { resourceArnOf } from '../engine/identity-queries.ts';
import type { Account } from '../protocol/names.ts';
import { judge, type NamedPolicy } from '../protocol/policy.ts';
import { parsePolicy } from '../protocol/policy-document.ts';
import type { Credentials } from './authority.ts';
import type { Judge } from './policy-authority.ts';

const Policy = z
  .union([z.string(), z.record(z.string(), z.unknown()).transform((json) => JSON.stringify(json))])
  .superRefine((text, context) => {
    const parsed = parsePolicy(text);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.flaw });
  });

/**
 * A custom authorizer with one client that it lets in: what a Lambda function decides on AWS is written
 * down here. What is not set is not asked for.
 */
export const CustomAuthorizer = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w=,@-]{1,128}$/, 'must be 1 to 128 letters, digits and _ = , @ -')
      .describe('Clients ask for it by x-amz-customauthorizer-name.'),
    userName: z.string().optional().describe('Before the ? of the MQTT user name.'),
    password: z.string().optional().describe('Of the MQTT password.'),
    tokenKey: z.string().min(1).optional().describe('Name of the token in the query.'),
    token: z.string().min(1).optional().describe('What the query says under that name.'),
    signature: z
      .string()
      .min(1)
      .optional()
      .describe('Of the token, as x-amz-customauthorizer-signature; compared, not verified.'),
    policyDocuments: z
      .array(Policy)
      .min(1)
      .max(10)
      .describe('IoT policies of the clients that are let in: JSON, or text of it.'),
  })
  .refine(
    ({ token, tokenKey }) => (token === undefined) === (tokenKey === undefined),
    'token and tokenKey go together',
  )
  .refine(
    ({ token, signature }) => signature === undefined || token !== undefined,
    'signature is that of a token',
  );
export type CustomAuthorizer = z.output<typeof CustomAuthorizer>;

/** Reads `--authorizer <file.json>`. No message shows what is in it. */
export function loadAuthorizer(path: string): CustomAuthorizer {
  const parsed = CustomAuthorizer.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  throw new AppError(
    'usage',
    `${path} describes no custom authorizer:\n${z.prettifyError(parsed.error)}`,
    { hint: 'Name it, and give it policyDocuments: {"name":"fleet","policyDocuments":[…]}.' },
  );
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError(
      'usage',
      `cannot read the authorizer from ${path}: ${tellFileProblem(error)}`,
      {
        hint: 'Give --authorizer a JSON file.',
        cause: error,
      },
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote the file.
    throw new AppError('usage', `cannot read the authorizer from ${path}: it is not JSON`, {
      hint: 'Give --authorizer a JSON file.',
    });
  }
}

const nameKey = 'x-amz-customauthorizer-name';
const signatureKey = 'x-amz-customauthorizer-signature';

/** Why a client is not let in; undefined when it is. */
export function findCredentialFlaw(
  authorizer: CustomAuthorizer,
  { username = '', password }: Credentials,
): string | undefined {
  const at = username.indexOf('?');
  const userName = at < 0 ? username : username.slice(0, at);
  // Clients write a token as it is, and base64 has plus signs: here they are no spaces.
  const query = new URLSearchParams(at < 0 ? '' : username.slice(at + 1).replaceAll('+', '%2B'));
  const { token, tokenKey = '' } = authorizer;
  const asked: readonly (readonly [string, string | undefined, string | null])[] = [
    [nameKey, authorizer.name, query.get(nameKey)],
    ['the user name', authorizer.userName, userName],
    ['the password', authorizer.password, password === undefined ? null : String(password)],
    [tokenKey, token, query.get(tokenKey)],
    [signatureKey, authorizer.signature, query.get(signatureKey)],
  ];
  const wrong = asked.find(([, wanted, given]) => wanted !== undefined && wanted !== given);
  return wrong && `${wrong[0]} is not what the authorizer asks for`;
}

/** By the authorizer's policies. Thing variables stay unset, for no certificate tells of a thing. */
export function judgeByAuthorizer(
  { name: authorizerName, policyDocuments }: CustomAuthorizer,
  account: Account,
): (sourceIp: string | undefined) => Judge {
  const policies = policyDocuments.map((text, index): NamedPolicy => {
    const parsed = parsePolicy(text);
    return {
      policyName: `${authorizerName} ${index + 1}`,
      statements: parsed.ok ? parsed.statements : [],
    };
  });
  return (sourceIp) => (action, clientId, name) =>
    judge(policies, {
      action,
      resourceArn: resourceArnOf(account, action, name),
      subject: { clientId, sourceIp, certificate: undefined, thing: undefined },
    });
}
