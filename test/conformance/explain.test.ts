import { CreateThingCommand } from '@aws-sdk/client-iot';
import { expect, it, onTestFinished } from 'vitest';
import { lineLogger } from '../../src/base/log.ts';
import { awsQuotas } from '../../src/protocol/quotas.ts';
import { connected, connecting, type RawClient } from '../support/broker.ts';
import { controlClient, startTestEmulator, urlOf } from '../support/emulator.ts';

/** An emulator that explains, and the lines it wrote since the last look. */
async function desk(explain = true, quotas = false) {
  const lines: string[] = [];
  const emulator = await startTestEmulator({
    explain,
    ...(quotas ? { quotas: awsQuotas } : {}),
    log: lineLogger((line) => lines.push(line), 'warn'),
  });
  onTestFinished(() => void lines.splice(0));
  await controlClient(emulator).send(new CreateThingCommand({ thingName: 'pump' }));
  return {
    emulator,
    port: emulator.mqtt.port,
    look: () => lines.splice(0).filter((line) => line.startsWith('warn explain')),
  };
}

const jobs = '$aws/things/pump/jobs';

type Case = readonly [
  name: string,
  publish: (client: RawClient) => void,
  outcome: string,
  why: string | RegExp,
  next: string,
];

const cases: readonly Case[] = [
  [
    'a topic without $',
    (client) => client.publish('aws/things/pump/jobs/get'),
    'no answer',
    'does not begin with $aws/',
    'Publish to $aws/things/',
  ],
  [
    'a misspelt topic',
    (client) => client.publish('$aws/thing/pump/jobs/get'),
    'no answer',
    "'thing' should be 'things'",
    'Publish to $aws/things/',
  ],
  [
    'a topic of the service',
    (client) => client.publish(`${jobs}/notify`),
    'no answer',
    'publish to a reserved topic',
    'Publish to $aws/things/',
  ],
  [
    'a retained request',
    (client) => client.publish(`${jobs}/get`, '{}', { retain: true }),
    'no answer',
    'retained publish',
    'never retained',
  ],
  [
    'Basic Ingest',
    (client) => client.publish('$aws/rules/r/x'),
    'no answer',
    'rules engine',
    'plain topic',
  ],
  [
    'no operation',
    (client) => client.publish(`${jobs}/fetch`),
    'rejected InvalidTopic',
    'names no operation',
    'start-next',
  ],
  [
    'no JSON',
    (client) => client.publish(`${jobs}/get`, '{'),
    'rejected InvalidJson',
    'JSON',
    'UTF-8',
  ],
  [
    'a wrong member',
    (client) => client.publish(`${jobs}/fw/update`, '{}'),
    'rejected InvalidRequest',
    "Value null at 'status'",
    'Correct',
  ],
  [
    'an unknown thing',
    (client) => client.publish('$aws/things/valve/jobs/get'),
    'rejected ResourceNotFound',
    'Thing valve not found',
    'create-thing --thing-name valve',
  ],
  [
    'an unknown job',
    (client) => client.publish(`${jobs}/fw/get`),
    'rejected ResourceNotFound',
    'not found for job fw',
    'jobs/get',
  ],
  [
    'QoS 2',
    (client) => client.publish('x', '{}', { qos: 2 }),
    'disconnected: CLIENT_ERROR',
    'QoS 2',
    'QoS 0 or 1',
  ],
];

it.each(cases)('explains %s', async (_, publish, outcome, why, next) => {
  const { port, look } = await desk();
  const client = await connected(port, 'pump');
  await client.subscribe(`${jobs}/#`, '$aws/things/valve/jobs/#');

  publish(client);
  await Promise.race([client.settled().catch(() => undefined), client.rest()]);

  const lines = look();
  expect(lines).toHaveLength(1);
  const [line = ''] = lines;
  expect(line).not.toContain('\n');
  expect(line).toContain('wire="mqtt" client="pump"');
  expect(line).toContain(`outcome="${outcome}"`);
  expect(line).toMatch(typeof why === 'string' ? new RegExp(`why="[^"]*${pattern(why)}`) : why);
  expect(line).toMatch(new RegExp(`next="[^"]*${pattern(next)}`));
});

function pattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

it('explains an answer that its requester is not subscribed to', async () => {
  const { port, look } = await desk();
  const client = await connected(port, 'pump');

  client.publish(`${jobs}/get`);
  await client.settled();

  expect(look()).toEqual([
    expect.stringMatching(/jobs\/get\/accepted.*outcome="answered at QoS 0".*Subscribe to/),
  ]);
});

it('explains refused connections, takeovers and subscriptions', async () => {
  const { port, look } = await desk();

  await connecting(port, '$pump');
  expect(look()).toEqual([expect.stringMatching(/request="CONNECT".*starts with \$/)]);
  const first = await connected(port, 'pump');
  const second = await connected(port, 'pump');
  await first.rest();
  expect(look()).toEqual([expect.stringMatching(/DUPLICATE_CLIENTID.*id of its own/)]);
  await second.subscribe('a/#/b');
  expect(look()).toEqual([expect.stringMatching(/SUBSCRIBE a\/#\/b.*MQTT does not allow/)]);
});

it('explains what is throttled', async () => {
  const { emulator, port, look } = await desk(true, true);
  const first = await connected(port, 'pump');
  await connecting(port, 'pump');
  expect(look()).toEqual([expect.stringMatching(/refused: THROTTLED.*one client id.*backoff/)]);

  for (let index = 0; index < 101; index++) first.publish('x', '', { qos: 0 });
  await first.settled();
  expect(look()).toEqual([expect.stringMatching(/no answer.*publishes per second/)]);

  for (let index = 0; index < 11; index++) await fetch(`${urlOf(emulator.http)}/jobs`);
  expect(look()).toEqual([
    expect.stringMatching(/GET \/jobs.*400 RequestThrottled.*Rate exceeded/),
  ]);
});

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

it.each([
  ['an unknown path', '/job/fw', 'iot', '404 Not Found', 'No operation', 'method and path'],
  ['the wrong plane', '/jobs/fw', 'iot-jobs-data', '404 Not Found', 'DescribeJob', 'name iot)'],
  ['a missing job', '/jobs/fw', 'iot', '404 ResourceNotFound', 'Job fw not found', 'Create it'],
  ['a wrong value', '/jobs?maxResults=0', 'iot', '400 InvalidRequest', 'maxResults', 'Correct'],
  ['an unsigned object', '/_s3/images/a', 'iot', '403 AccessDenied', 'Access Denied', 'again'],
])('explains %s over HTTP', async (_, path, service, outcome, why, next) => {
  const { emulator, look } = await desk();

  await fetch(`${urlOf(emulator.http)}${path}`, { headers: signed(service) });

  const [line = '', ...more] = look();
  expect(more).toEqual([]);
  expect(line).toContain('wire="http"');
  expect(line).toContain(`outcome="${outcome}"`);
  expect(line).toContain(why);
  expect(line).toContain(next);
});

it('says nothing when it was not asked to', async () => {
  const { emulator, port, look } = await desk(false);
  const client = await connected(port, 'pump');

  client.publish('aws/things/pump/jobs/get');
  client.publish(`${jobs}/get`, '{');
  await client.settled();
  await fetch(`${urlOf(emulator.http)}/nowhere`);

  expect(look()).toEqual([]);
});
