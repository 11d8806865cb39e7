import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadAuthorizer } from '../../../src/emulator/custom-authorizer.ts';
import { temporaryFolder } from '../../support/cli.ts';

const statement = { Effect: 'Allow', Action: 'iot:*', Resource: '*' };
const policy = { Version: '2012-10-17', Statement: [statement] };

function fileOf(text: string): string {
  const path = join(temporaryFolder(), 'authorizer.json');
  writeFileSync(path, text);
  return path;
}

it('takes policies as JSON and as text of it', () => {
  const text = JSON.stringify(policy);
  const file = fileOf(JSON.stringify({ name: 'fleet', policyDocuments: [policy, text] }));

  expect(loadAuthorizer(file)).toEqual({ name: 'fleet', policyDocuments: [text, text] });
});

it.each([
  ['no JSON', '{"password":"hunter2",', 'is not JSON'],
  ['no name', { policyDocuments: [policy] }, 'at name'],
  ['no policies', { name: 'fleet' }, 'at policyDocuments'],
  ['an empty list of them', { name: 'fleet', policyDocuments: [] }, 'at policyDocuments'],
  [
    'one that is malformed',
    { name: 'fleet', policyDocuments: [{ Statement: [{}] }] },
    'at policyDocuments[0]',
  ],
  ['a token without a name', { token: 'hunter2' }, 'token and tokenKey go together'],
  ['a signature of nothing', { signature: 'hunter2' }, 'signature is that of a token'],
  ['what it does not know', { passwort: 'hunter2' }, 'passwort'],
])('refuses a file with %s, and shows no secret', (_, content, message) => {
  const whole = { name: 'fleet', policyDocuments: [policy] };
  const isWhole = typeof content === 'string' || 'name' in content || 'policyDocuments' in content;
  const json = isWhole ? content : { ...whole, ...content };
  const file = fileOf(typeof json === 'string' ? json : JSON.stringify(json));
  let told: unknown;

  try {
    loadAuthorizer(file);
  } catch (error) {
    told = error;
  }

  expect(told).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
  expect(String(told)).not.toContain('hunter2');
});

it('says so when there is no file', () => {
  expect(() => loadAuthorizer('/no/such/file.json')).toThrow('/no/such/file.json: it is not there');
});
