import {
  CreateThingCommand,
  DescribeThingCommand,
  IoTClient,
  ListThingsCommand,
} from '@aws-sdk/client-iot';
import {
  GetPendingJobExecutionsCommand,
  IoTJobsDataPlaneClient,
} from '@aws-sdk/client-iot-jobs-data-plane';
import { expect, it, onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { startTestEmulator, urlOf } from '../support/emulator.ts';

/** Strict mode over HTTP: requests are signed by a configured key, as the SDKs sign them. */

function startStrict(overrides: Parameters<typeof startTestEmulator>[0] = {}): Promise<Emulator> {
  const accessKeys = { AKIDEXAMPLE: 'secret' };
  return startTestEmulator({ strict: true, accessKeys, ...overrides });
}

function settings({ http }: Emulator, secretAccessKey = 'secret', region = 'us-east-1') {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey };
  return { endpoint: urlOf(http), region, credentials, maxAttempts: 1 };
}

function clientOf(...order: Parameters<typeof settings>): IoTClient {
  const client = new IoTClient(settings(...order));
  onTestFinished(() => client.destroy());
  return client;
}

it('takes what the SDK has signed with a known key, on both planes', async () => {
  const emulator = await startStrict();
  const control = clientOf(emulator);
  const data = new IoTJobsDataPlaneClient(settings(emulator));
  onTestFinished(() => data.destroy());
  const thingName = 'press:7_a-b';
  const attributes = { site: 'a,b/c=[d]', 'k:1': 'x' };

  await control.send(new CreateThingCommand({ thingName, attributePayload: { attributes } }));
  const described = await control.send(new DescribeThingCommand({ thingName }));
  const filter = { attributeName: 'site', attributeValue: 'a,b/c=[d]', maxResults: 5 };
  const { things } = await control.send(new ListThingsCommand(filter));
  const pending = await data.send(new GetPendingJobExecutionsCommand({ thingName }));

  expect(described.attributes).toEqual(attributes);
  expect(things?.map((thing) => thing.thingName)).toEqual([thingName]);
  expect(pending.queuedJobs).toEqual([]);
});

it.each([
  ['another secret', 'guess', 'us-east-1', /does not match/],
  ['another region', 'secret', 'eu-west-1', /region eu-west-1, not us-east-1/],
])('refuses %s', async (_, secret, region, why) => {
  const client = clientOf(await startStrict(), secret, region);

  await expect(client.send(new CreateThingCommand({ thingName: 't' }))).rejects.toMatchObject({
    name: 'InvalidSignatureException',
    message: expect.stringMatching(why),
    $metadata: { httpStatusCode: 403 },
  });
});

it('refuses what is not signed, before it counts against a quota', async () => {
  const emulator = await startStrict({ dataPort: 0 });
  const { http, data = http } = emulator;

  for (const url of [`${urlOf(http)}/things`, `${urlOf(data)}/things/t/jobs`]) {
    const answer = await fetch(url);

    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect(await answer.json()).toEqual({
      message: expect.stringContaining('Missing Authentication Token'),
      traceId: answer.headers.get('x-amzn-requestid'),
    });
  }
  const metrics = await (await fetch(`${urlOf(http)}/metrics`)).text();
  expect(metrics).not.toContain('operation="ListThings"');
});

it('refuses everyone when it has no keys', async () => {
  const client = clientOf(await startStrict({ accessKeys: {} }));

  await expect(client.send(new ListThingsCommand({}))).rejects.toThrow(/AKIDEXAMPLE is not known/);
});

it('answers its admin from this machine', async () => {
  const { http } = await startStrict();

  expect((await fetch(`${urlOf(http)}/_fleetrig/health`)).status).toBe(200);
  expect((await fetch(`${urlOf(http)}/metrics`)).status).toBe(200);
});
