import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import {
  type FakeAws,
  filesBelow,
  nothing,
  runArgs,
  scaledQuotas,
  secretAccessKey,
  startFakeAws,
} from '../support/aws.ts';
import { runCli } from '../support/cli.ts';

it('keeps secrets out of all that people pass on, and things out of what is not theirs', async () => {
  const quotas = scaledQuotas(10);
  const aws = await startFakeAws(quotas);
  const few = ['--set', 'fleet.things=10', '--set', `target.aws.quotas=${quotas}`];

  const kept = await runCli(runArgs(aws, 'kept', '--keep', '--record', ...few), aws.env);

  const keys = [...filesBelow(join(aws.folder, 'state'))].filter(([path]) => path.endsWith('.key'));
  expect(keys).toHaveLength(10);
  const secrets = [secretAccessKey, ...keys.flatMap(([, pem]) => linesOfKey(pem))];
  const told = filesBelow(join(aws.folder, 'kept'));
  told.set('stdout', Buffer.from(kept.stdout));
  told.set('stderr', Buffer.from(kept.stderr));
  expect(told.size).toBeGreaterThan(8);
  for (const [path, bytes] of told) {
    for (const secret of secrets)
      expect(bytes.includes(secret), `${secret} in ${path}`).toBe(false);
  }

  const [own = '', other = ''] = (await thingsOf(aws)).sort();
  const client = await connectAs(own, aws);
  const jobs = (thing: string) => `$aws/things/${thing}/jobs`;
  const [allowed] = await client.subscribeAsync(`${jobs(own)}/notify-next`);
  expect(allowed?.qos).toBe(0);
  await expect(client.subscribeAsync(`${jobs(other)}/notify-next`)).rejects.toThrow();
  await expect(client.subscribeAsync(`${jobs(other)}/+/get/accepted`)).rejects.toThrow();
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  client.publish(`${jobs(other)}/get`, '{}', { qos: 1 });
  await closed;

  const again = await runCli(
    runArgs(aws, 'reused', '--reuse', join(aws.folder, 'kept'), ...few),
    aws.env,
  );
  const made = await aws.requests();
  expect(again.code, again.stderr + again.stdout).toBe(kept.code);
  expect(made).toMatchObject({ CreateThing: 10, CreatePolicy: 1, CreateThingGroup: 1 });
  expect((await aws.state()).counts).toMatchObject(nothing);
});

/** The lines of a PEM file that are key, and none that all keys share. */
function linesOfKey(pem: Buffer): string[] {
  return String(pem)
    .split('\n')
    .filter((line) => line.length > 40 && !line.startsWith('-----'))
    .slice(1);
}

async function thingsOf(aws: FakeAws): Promise<string[]> {
  const { things } = await aws.state();
  return (things as { readonly thingName: string }[]).map(({ thingName }) => thingName);
}

/** Any MQTT client, with the certificate that the run has made for a thing. */
async function connectAs(thing: string, aws: FakeAws) {
  const files = [...filesBelow(join(aws.folder, 'state'))];
  const plain = thing.replace(/^fr-[0-9a-f]{8}-/, '');
  const fileOf = (end: string) => files.find(([path]) => path.endsWith(`/${plain}${end}`))?.[1];
  const port = Number(aws.settings.find((each) => each.includes('mqtt.port='))?.split('=')[1]);
  const client = await mqtt.connectAsync({
    protocol: 'mqtts',
    host: 'localhost',
    servername: 'localhost',
    port,
    clientId: thing,
    reconnectPeriod: 0,
    ca: [readFileSync(join(aws.folder, 'ca.pem'))],
    cert: fileOf('.pem.crt') ?? '',
    key: fileOf('.pem.key') ?? '',
  });
  onTestFinished(() => client.endAsync(true));
  client.on('error', () => undefined);
  return client;
}
