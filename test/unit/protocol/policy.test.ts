// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how policies write variables.
import { describe, expect, it } from 'vitest';
import { defaultAccount, formatArn } from '../../../src/protocol/names.ts';
import { describeVerdict, type IotAction, judge } from '../../../src/protocol/policy.ts';
import { parsePolicy } from '../../../src/protocol/policy-document.ts';
import type { PolicySubject } from '../../../src/protocol/policy-subject.ts';

const arn = 'arn:aws:iot:us-east-1:123456789012:';
const certificateId = 'ab'.repeat(32);

/** Client pump-1 with the certificate of thing pump-1. */
const pump: PolicySubject = {
  clientId: 'pump-1',
  sourceIp: '10.0.0.7',
  certificate: { certificateId, commonName: 'AWS IoT Certificate', serialNumber: '4a01' },
  thing: { thingName: 'pump-1', thingTypeName: 'pump', attributes: { site: 'north', odd: 'a*' } },
};
/** The same certificate, but the client id is no thing that it is attached to. */
const stranger: PolicySubject = { ...pump, clientId: 'laptop', thing: undefined };
const named = (clientId: string): PolicySubject => ({ ...stranger, clientId });

interface RawStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: object;
}

const allow = (Action: string | string[], ...resources: string[]): RawStatement => ({
  Effect: 'Allow',
  Action,
  Resource: resources.map((resource) => (resource === '*' ? '*' : `${arn}${resource}`)),
});
const deny = (Action: string | string[], ...resources: string[]): RawStatement => ({
  ...allow(Action, ...resources),
  Effect: 'Deny',
});
const given = (statement: RawStatement, Condition: object): RawStatement => ({
  ...statement,
  Condition,
});

function policyOf(policyName: string, Statement: unknown) {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }));
  if (!parsed.ok) throw new Error(parsed.flaw);
  return { policyName, statements: parsed.statements };
}

const kinds = {
  Connect: 'client',
  Publish: 'topic',
  RetainPublish: 'topic',
  Receive: 'topic',
  Subscribe: 'topicfilter',
} as const;

function verdictOf(policies: RawStatement[][], subject: PolicySubject, asked: string) {
  const [action = '', name = ''] = asked.split(' ');
  return judge(
    policies.map((statements, index) => policyOf(`p${index + 1}`, statements)),
    {
      action: action as IotAction,
      resourceArn: formatArn(defaultAccount, kinds[action as IotAction], name),
      subject,
    },
  );
}

const everything = [allow('iot:*', '*')];
const own = [
  allow('iot:Connect', 'client/${iot:Connection.Thing.ThingName}'),
  allow(
    ['iot:Publish', 'iot:Receive'],
    'topic/$aws/things/${iot:Connection.Thing.ThingName}/jobs/*',
  ),
  allow('iot:Subscribe', 'topicfilter/$aws/things/${iot:Connection.Thing.ThingName}/jobs/*'),
];
const byClient = [
  allow('iot:Connect', 'client/${iot:ClientId}'),
  allow('iot:Publish', 'topic/dt/${iot:ClientId}/*'),
  allow('iot:Subscribe', 'topicfilter/cmd/${iot:ClientId}/#'),
];
const guarded = [allow('iot:*', '*'), deny('iot:Publish', 'topic/admin/*')];
const isAttached = { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } };

describe('who may do what', () => {
  it.each<[string, RawStatement[], PolicySubject, string, boolean]>([
    // Nothing said
    ['another client', [allow('iot:Connect', 'client/none')], pump, 'Connect pump-1', false],
    ['another action', [allow('iot:Connect', '*')], pump, 'Publish a', false],
    ['another resource kind', [allow('iot:*', 'topic/*')], pump, 'Subscribe a', false],
    ['a filter is no topic', [allow('iot:*', 'topicfilter/*')], pump, 'Publish a', false],
    ['a client is no topic', [allow('iot:*', 'client/*')], pump, 'Receive a', false],
    ['only a Deny', [deny('iot:Publish', 'topic/b')], pump, 'Publish a', false],
    ['publish alone', [allow('iot:Publish', '*')], pump, 'RetainPublish a', false],
    ['retain alone', [allow('iot:RetainPublish', '*')], pump, 'Publish a', false],
    ['subscribe alone', [allow('iot:Subscribe', '*')], pump, 'Receive a', false],
    ['receive alone', [allow('iot:Receive', '*')], pump, 'Subscribe a', false],
    ['another service', [allow('iotjobsdata:*', '*')], pump, 'Publish a', false],
    // Everything said
    ['iot:*', everything, pump, 'Connect anyone', true],
    ['iot:*', everything, stranger, 'Publish a/b', true],
    ['iot:*', everything, stranger, 'Subscribe #', true],
    ['iot:*', everything, stranger, 'RetainPublish a', true],
    ['*', [allow('*', '*')], stranger, 'Receive a', true],
    ['case of the action', [allow('IOT:publish', '*')], pump, 'Publish a', true],
    ['wildcard in the action', [allow('iot:*Publish', '*')], pump, 'RetainPublish a', true],
    ['wildcard in the action', [allow('iot:Pub*', '*')], pump, 'RetainPublish a', false],
    // Explicit Deny
    ['Deny beats Allow', guarded, pump, 'Publish admin/x', false],
    ['Deny elsewhere', guarded, pump, 'Publish user/x', true],
    ['Deny of another action', guarded, pump, 'Receive admin/x', true],
    ['Deny first', guarded.toReversed(), pump, 'Publish admin/x', false],
    ['Deny of all', [...everything, deny('*', '*')], pump, 'Connect pump-1', false],
    ['Deny case-blind', [...everything, deny('iot:PUBLISH', 'topic/a')], pump, 'Publish a', false],
    [
      'Deny by variable',
      [...everything, deny('iot:Publish', 'topic/${iot:ClientId}/x')],
      pump,
      'Publish pump-1/x',
      false,
    ],
    [
      'Deny by variable, other client',
      [...everything, deny('iot:Publish', 'topic/${iot:ClientId}/x')],
      stranger,
      'Publish pump-1/x',
      true,
    ],
    [
      'Deny by filter of a client named +',
      [...everything, deny('iot:Subscribe', 'topicfilter/${iot:ClientId}/x')],
      named('+'),
      'Subscribe +/x',
      false,
    ],
    // Wildcards
    ['exact', [allow('iot:Publish', 'topic/a/b')], pump, 'Publish a/b', true],
    ['exact is whole', [allow('iot:Publish', 'topic/a/b')], pump, 'Publish a/b/c', false],
    ['exact is whole', [allow('iot:Publish', 'topic/a/b')], pump, 'Publish xa/b', false],
    ['case of a topic', [allow('iot:Publish', 'topic/A')], pump, 'Publish a', false],
    ['* crosses levels', [allow('iot:Publish', 'topic/a/*')], pump, 'Publish a/b/c/d', true],
    ['* needs the prefix', [allow('iot:Publish', 'topic/a/*')], pump, 'Publish ab', false],
    ['* takes nothing', [allow('iot:Publish', 'topic/a*')], pump, 'Publish a', true],
    ['* in the middle', [allow('iot:Publish', 'topic/a/*/z')], pump, 'Publish a/b/c/z', true],
    ['* in the middle', [allow('iot:Publish', 'topic/a/*/z')], pump, 'Publish a/b/c', false],
    ['several *', [allow('iot:Publish', 'topic/*ab*ab')], pump, 'Publish abxabab', true],
    ['several *', [allow('iot:Publish', 'topic/*ab*ab')], pump, 'Publish ab', false],
    ['? takes one', [allow('iot:Publish', 'topic/a?')], pump, 'Publish ab', true],
    ['? takes one', [allow('iot:Publish', 'topic/a?')], pump, 'Publish a', false],
    ['? takes one', [allow('iot:Publish', 'topic/a?')], pump, 'Publish abc', false],
    ['escaped *', [allow('iot:Publish', 'topic/a${*}')], pump, 'Publish ab', false],
    ['escaped *', [allow('iot:Publish', 'topic/a${*}')], pump, 'Publish a*', true],
    ['dot is a dot', [allow('iot:Publish', 'topic/a.c')], pump, 'Publish abc', false],
    // MQTT's wildcards are literal
    ['+ as written', [allow('iot:Subscribe', 'topicfilter/a/+')], pump, 'Subscribe a/+', true],
    ['+ is no level', [allow('iot:Subscribe', 'topicfilter/a/+')], pump, 'Subscribe a/b', false],
    ['# is no tail', [allow('iot:Subscribe', 'topicfilter/a/#')], pump, 'Subscribe a/b/c', false],
    ['* covers #', [allow('iot:Subscribe', 'topicfilter/a/*')], pump, 'Subscribe a/#', true],
    ['# of all', [allow('iot:Subscribe', 'topicfilter/a/*')], pump, 'Subscribe #', false],
    // The thing's own
    ['own client id', own, pump, 'Connect pump-1', true],
    ['own request', own, pump, 'Publish $aws/things/pump-1/jobs/get', true],
    ['own answer', own, pump, 'Receive $aws/things/pump-1/jobs/get/accepted', true],
    ['own filter', own, pump, 'Subscribe $aws/things/pump-1/jobs/#', true],
    ['own client id, not attached', own, stranger, 'Connect laptop', false],
    ["another thing's client id", own, pump, 'Connect pump-2', false],
    ["another thing's request", own, pump, 'Publish $aws/things/pump-2/jobs/get', false],
    ["another thing's filter", own, pump, 'Subscribe $aws/things/pump-2/jobs/#', false],
    ["any thing's filter", own, pump, 'Subscribe $aws/things/+/jobs/#', false],
    ['a longer name', own, pump, 'Publish $aws/things/pump-11/jobs/get', false],
    ['not attached', own, stranger, 'Publish $aws/things/pump-1/jobs/get', false],
    ['no name at all', own, stranger, 'Publish $aws/things//jobs/get', false],
    ['the variable itself', own, stranger, 'Connect ${iot:Connection.Thing.ThingName}', false],
    // The client's own
    ['client id', byClient, named('c'), 'Connect c', true],
    ['client id of another', byClient, named('c'), 'Connect d', false],
    ['topic of the client', byClient, named('c'), 'Publish dt/c/x', true],
    ['topic of another client', byClient, named('c'), 'Publish dt/d/x', false],
    ['a client named *', byClient, named('*'), 'Publish dt/d/x', false],
    ['a client named ?', byClient, named('?'), 'Publish dt/d/x', false],
    ['a filter of the client', byClient, named('c'), 'Subscribe cmd/c/#', true],
    ['a client named + may not subscribe', byClient, named('+'), 'Subscribe cmd/+/#', false],
    ['a client named # may connect', byClient, named('#'), 'Connect #', true],
    // Other variables
    [
      'attribute',
      [allow('iot:Publish', 'topic/${iot:Connection.Thing.Attributes[site]}/x')],
      pump,
      'Publish north/x',
      true,
    ],
    [
      'attribute of another value',
      [allow('iot:Publish', 'topic/${iot:Connection.Thing.Attributes[site]}/x')],
      pump,
      'Publish south/x',
      false,
    ],
    [
      'attribute it does not have',
      [allow('iot:Publish', 'topic/${iot:Connection.Thing.Attributes[zone]}')],
      pump,
      'Publish undefined',
      false,
    ],
    [
      'attribute that objects have',
      [allow('iot:Publish', 'topic/${iot:Connection.Thing.Attributes[constructor]}*')],
      pump,
      'Publish x',
      false,
    ],
    [
      'attribute with a star',
      [allow('iot:Publish', 'topic/${iot:Connection.Thing.Attributes[odd]}')],
      pump,
      'Publish abc',
      false,
    ],
    [
      'type',
      [allow('iot:Publish', 'topic/${iot:Connection.Thing.ThingTypeName}')],
      pump,
      'Publish pump',
      true,
    ],
    [
      'certificate',
      [allow('iot:Publish', 'topic/${iot:CertificateId}')],
      pump,
      `Publish ${certificateId}`,
      true,
    ],
    [
      'unknown variable',
      [allow('iot:Publish', 'topic/*${iot:Unknown}*')],
      pump,
      'Publish a',
      false,
    ],
    ['address', [allow('iot:Publish', 'topic/${aws:SourceIp}')], pump, 'Publish 10.0.0.7', true],
    // Other accounts and regions
    [
      'another account',
      [{ ...allow('iot:*'), Resource: 'arn:aws:iot:us-east-1:999999999999:topic/*' }],
      pump,
      'Publish a',
      false,
    ],
    [
      'any account',
      [{ ...allow('iot:*'), Resource: 'arn:aws:iot:*:*:topic/a' }],
      pump,
      'Publish a',
      true,
    ],
    // Conditions
    ['condition met', [given(allow('iot:Connect', '*'), isAttached)], pump, 'Connect x', true],
    [
      'condition not met',
      [given(allow('iot:Connect', '*'), isAttached)],
      stranger,
      'Connect x',
      false,
    ],
    [
      'StringEquals takes * literally',
      [given(allow('iot:Connect', '*'), { StringEquals: { 'iot:ClientId': 'pump-*' } })],
      pump,
      'Connect pump-1',
      false,
    ],
    [
      'StringLike',
      [given(allow('iot:Connect', '*'), { StringLike: { 'iot:ClientId': ['x', 'pump-?'] } })],
      pump,
      'Connect pump-1',
      true,
    ],
    [
      'two conditions, one met',
      [
        given(allow('iot:Connect', '*'), {
          ...isAttached,
          StringEquals: { 'iot:ClientId': 'other' },
        }),
      ],
      pump,
      'Connect pump-1',
      false,
    ],
  ])('%s: %j %#', (_, statements, subject, asked, expected) => {
    expect(verdictOf([statements], subject, asked).isAllowed).toBe(expected);
  });

  it('a Deny of one policy beats the Allow of another', () => {
    const policies = [everything, [deny('iot:Publish', 'topic/a')]];

    expect(verdictOf(policies, pump, 'Publish a').isAllowed).toBe(false);
    expect(verdictOf(policies.toReversed(), pump, 'Publish a').isAllowed).toBe(false);
  });

  it('takes hostile patterns in its stride', () => {
    const pattern = `topic/${'*a'.repeat(800)}b`;

    expect(
      verdictOf([[allow('iot:Publish', pattern)]], pump, `Publish ${'a'.repeat(250)}`).isAllowed,
    ).toBe(false);
  });
});

describe('which statement decided', () => {
  it.each([
    [[everything], 'policy p1, statement 1'],
    [[own, everything], 'policy p2, statement 1'],
    [[everything, guarded], 'policy p2, statement 2'],
    [
      [[allow('iot:Connect', '*'), { ...deny('iot:*', '*'), Sid: 'Stop' }]],
      'policy p1, statement 2 (Stop)',
    ],
    [[[allow('iot:Connect', '*')]], 'no statement allows it'],
  ])('%#: %j', (policies, expected) => {
    expect(describeVerdict(verdictOf(policies, pump, 'Publish admin/x'))).toBe(expected);
  });
});

const statement = { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' };

describe('documents', () => {
  it.each<[string, unknown]>([
    ['a single statement', { Statement: statement }],
    ['an older version', { Version: '2008-10-17', Id: 'x', Statement: [statement] }],
    ['lists', { Statement: [{ ...statement, Action: ['iot:*'], Resource: ['arn:aws:iot:*'] }] }],
    ['no condition', { Statement: [{ ...statement, Condition: {} }] }],
  ])('takes %s', (_, document) => {
    expect(parsePolicy(JSON.stringify(document)).ok).toBe(true);
  });

  it.each<[string, unknown, string]>([
    ['no object', [], 'the document'],
    ['no Statement', { Version: '2012-10-17' }, 'Statement'],
    ['an empty Statement', { Statement: [] }, 'Statement'],
    ['another version', { Version: '2020-01-01', Statement: statement }, 'Version'],
    ['no Effect', { Statement: [{ ...statement, Effect: undefined }] }, 'Statement'],
    ['a wrong Effect', { Statement: [{ ...statement, Effect: 'allow' }] }, 'Statement'],
    ['no Action', { Statement: [{ ...statement, Action: [] }] }, 'Statement'],
    ['an Action without a service', { Statement: [{ ...statement, Action: 'x' }] }, 'Statement'],
    ['a Resource that is no ARN', { Statement: [{ ...statement, Resource: 'a' }] }, 'Statement'],
    ['NotAction', { Statement: [{ ...statement, NotAction: 'iot:Publish' }] }, 'Statement'],
    ['Principal', { Statement: [{ ...statement, Principal: '*' }] }, 'Statement'],
    [
      'an operator that is not modelled',
      { Statement: [{ ...statement, Condition: { StringNotEquals: { 'iot:ClientId': 'x' } } }] },
      'Statement',
    ],
    [
      'a condition key that is not modelled',
      { Statement: [{ ...statement, Condition: { Bool: { 'iot:Unknown': 'true' } } }] },
      'Statement',
    ],
  ])('refuses %s', (_, document, where) => {
    const parsed = parsePolicy(JSON.stringify(document));

    expect(parsed).toEqual({ ok: false, flaw: expect.stringContaining(where) });
  });

  it('refuses what is not JSON', () => {
    expect(parsePolicy('{')).toEqual({ ok: false, flaw: 'it is not JSON' });
    // A condition that a schema passes over would leave an Allow without conditions.
    for (const condition of ['{"StringEquals":{"__proto__":"x"}}', '{"__proto__":{"a":"b"}}']) {
      const text = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Connect","Resource":"*","Condition":${condition}}}`;
      expect(parsePolicy(text).ok, condition).toBe(false);
    }
  });
});
