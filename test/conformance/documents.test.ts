import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateJobCommand,
  type CreateJobCommandInput,
  CreateThingCommand,
  DescribeJobCommand,
  GetJobDocumentCommand,
  type IoTClient,
  UpdateJobCommand,
} from '@aws-sdk/client-iot';
import {
  DescribeJobExecutionCommand,
  StartNextPendingJobExecutionCommand,
  UpdateJobExecutionCommand,
} from '@aws-sdk/client-iot-jobs-data-plane';
import { connectAsync } from 'mqtt';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { jobsTopic } from '../../src/protocol/topics.ts';
import { controlClient, dataClient, startTestEmulator, urlOf } from '../support/emulator.ts';

const roleArn = 'arn:aws:iam::123456789012:role/iot-jobs';
const targets = ['arn:aws:iot:us-east-1:123456789012:thing/pump'];
const firmware = 'firmware bytes, 0123456789';
const firmwareUrl = 'https://s3.us-east-1.amazonaws.com/images/pump/v 1.bin';
const placeholder = `\${aws:iot:s3-presigned-url:${firmwareUrl}}`;

let emulator: Emulator;
let iot: IoTClient;

beforeEach(async () => {
  const outside = mkdtempSync(join(tmpdir(), 'fleetrig-s3-'));
  onTestFinished(() => rmSync(outside, { recursive: true }));
  const s3Dir = join(outside, 's3');
  mkdirSync(join(s3Dir, 'images/pump'), { recursive: true });
  writeFileSync(join(outside, 'secret.txt'), 'secret');
  writeFileSync(join(s3Dir, 'images/pump/v 1.bin'), firmware);
  writeFileSync(join(s3Dir, 'images/job.json'), '{ "operation": "update" }\n');
  writeFileSync(join(s3Dir, 'images/long.json'), JSON.stringify('x'.repeat(32_767)));
  writeFileSync(join(s3Dir, 'images/text.txt'), 'no json');
  symlinkSync(join(outside, 'secret.txt'), join(s3Dir, 'images/link'));
  emulator = await startTestEmulator({ s3Dir });
  iot = controlClient(emulator);
  await iot.send(new CreateThingCommand({ thingName: 'pump' }));
});

async function createJob(input: Partial<CreateJobCommandInput>): Promise<void> {
  await iot.send(new CreateJobCommand({ jobId: 'fw', targets, ...input }));
  emulator.clock.advanceTo(emulator.clock.now());
}

/** The document with two placeholders in one string, as HTTP devices are told it now. */
async function deliver(): Promise<{ a: string; b: readonly string[] }> {
  const { execution } = await dataClient(emulator.http).send(
    new DescribeJobExecutionCommand({ thingName: 'pump', jobId: '$next' }),
  );
  return JSON.parse(execution?.jobDocument ?? '');
}

const document = JSON.stringify({ a: `get ${placeholder} or ${placeholder}`, b: [placeholder] });

/** Without what `fetch` does to a path. */
function rawGet(path: string): Promise<number | undefined> {
  const { host, port } = emulator.http;
  return new Promise((resolve, reject) => {
    request({ host, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('documentSource', () => {
  it('is read once, told again, and delivered', async () => {
    const documentSource = 'https://images.s3.us-east-1.amazonaws.com/job.json';

    await createJob({ documentSource });

    const described = await iot.send(new DescribeJobCommand({ jobId: 'fw' }));
    expect(described.documentSource).toBe(documentSource);
    const { document: text } = await iot.send(new GetJobDocumentCommand({ jobId: 'fw' }));
    expect(text).toBe('{ "operation": "update" }\n');
    expect(await deliver()).toEqual({ operation: 'update' });
  });

  it.each([
    ['a missing object', 'https://s3.amazonaws.com/images/none.json', 'no object images/none.json'],
    ['a missing bucket', 'https://s3.amazonaws.com/nowhere/job.json', 'no object'],
    ['no S3 URL', 'https://example.org/images/job.json', 'not the URL of an S3 object'],
    ['an object that is no JSON', 'https://s3.amazonaws.com/images/text.txt', 'not UTF-8'],
    ['an object too long', 'https://s3.amazonaws.com/images/long.json', '32768 bytes'],
    ['a link out of the folder', 'https://s3.amazonaws.com/images/link', 'no object'],
    ['a path out of the folder', 'https://s3.amazonaws.com/images/..%2F..%2Fsecret.txt', 'not the'],
  ])('is refused for %s', async (_, documentSource, message) => {
    await expect(createJob({ documentSource })).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining(message),
    });
  });

  it('is refused with the next step when the emulator has no objects', async () => {
    const bare = controlClient(await startTestEmulator());
    const documentSource = 'https://s3.amazonaws.com/images/job.json';

    await expect(
      bare.send(new CreateJobCommand({ jobId: 'fw', targets, documentSource })),
    ).rejects.toThrow('--s3-dir');
  });
});

describe('placeholders', () => {
  it('become URLs that work, fresh at each delivery', async () => {
    await createJob({ document, presignedUrlConfig: { roleArn, expiresInSec: 60 } });

    const first = await deliver();
    const second = await deliver();

    const urls = [first, second].flatMap(({ a, b }) => [
      ...(/^get (\S+) or (\S+)$/.exec(a)?.slice(1) ?? []),
      ...b,
    ]);
    expect(urls).toHaveLength(6);
    expect(new Set(urls).size).toBe(6);
    for (const url of urls) {
      const response = await fetch(url);
      expect([response.status, await response.text()]).toEqual([200, firmware]);
    }
  });

  it('stay in GetJobDocument', async () => {
    await createJob({ document, presignedUrlConfig: { roleArn } });

    const { document: text } = await iot.send(new GetJobDocumentCommand({ jobId: 'fw' }));
    expect(text).toBe(document);
  });

  it('are resolved on every way to a device', async () => {
    const { host, port } = emulator.mqtt;
    const device = await connectAsync(`mqtt://${host}:${port}`, { clientId: 'pump' });
    onTestFinished(() => device.endAsync(true));
    const told: string[] = [];
    let wake: () => void = () => undefined;
    device.on('message', (_, payload) => {
      told.push(payload.toString());
      wake();
    });
    const until = async (count: number) => {
      while (told.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    await device.subscribeAsync(jobsTopic('pump', 'notify-next'), { qos: 1 });
    await createJob({ document, presignedUrlConfig: { roleArn } });
    await until(1);
    const ask = (suffix: string, payload: object) =>
      device.publishAsync(jobsTopic('pump', suffix), JSON.stringify(payload), { qos: 1 });
    await ask('fw/get', {});
    await until(2);
    await ask('start-next', {});
    await until(3);
    await ask('fw/update', { status: 'IN_PROGRESS', includeJobDocument: true });
    await until(4);
    const data = dataClient(emulator.http);
    const started = await data.send(new StartNextPendingJobExecutionCommand({ thingName: 'pump' }));
    const updated = await data.send(
      new UpdateJobExecutionCommand({
        thingName: 'pump',
        jobId: 'fw',
        status: 'IN_PROGRESS',
        includeJobDocument: true,
      }),
    );

    const texts = [...told, started.execution?.jobDocument ?? '', updated.jobDocument ?? ''];
    for (const text of texts) {
      expect(text).not.toContain('s3-presigned-url');
      expect(text.match(/X-Amz-Signature=[0-9a-f]{64}/g)).toHaveLength(3);
    }
  });

  it.each([
    ['no role', { document }, 'roleArn'],
    [
      'more than ten',
      { document: JSON.stringify(Array(11).fill(placeholder)), presignedUrlConfig: { roleArn } },
      '10',
    ],
  ])('are refused with %s', async (_, input, message) => {
    await expect(createJob(input)).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining(message),
    });
  });

  it('keep their role, and take a new expiry from UpdateJob', async () => {
    await createJob({ document, presignedUrlConfig: { roleArn, expiresInSec: 60 } });
    const update = (presignedUrlConfig: object) =>
      iot.send(new UpdateJobCommand({ jobId: 'fw', presignedUrlConfig }));

    await expect(update({ expiresInSec: 120 })).rejects.toThrow('roleArn');
    await update({ roleArn, expiresInSec: 120 });

    expect((await deliver()).b[0]).toContain('X-Amz-Expires=120');
  });
});

describe('a presigned URL', () => {
  async function url(): Promise<string> {
    await createJob({
      document: JSON.stringify({ b: [placeholder] }),
      presignedUrlConfig: { roleArn, expiresInSec: 60 },
    });
    return (await deliver()).b[0] ?? '';
  }

  it('expires in simulated time', async () => {
    const signed = await url();
    // The date in the URL has whole seconds: the clock stands a quarter of a second past it.
    emulator.clock.advanceTo(emulator.clock.now() + 59_750);
    expect((await fetch(signed)).status).toBe(200);

    emulator.clock.advanceTo(emulator.clock.now() + 1);

    const response = await fetch(signed);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      403,
      'application/xml',
    ]);
    expect(await response.text()).toMatch(
      /<Code>AccessDenied<\/Code><Message>Request has expired<\/Message>.*<Expires>2025-01-01T00:01:00.000Z</,
    );
  });

  it.each([
    [
      'another object',
      (text: string) => text.replace('v%201.bin', 'v%202.bin'),
      'SignatureDoesNot',
    ],
    ['a longer life', (text: string) => text.replace('Expires=60', 'Expires=600'), 'SignatureDoes'],
    ['another token', (text: string) => text.replace('Token=', 'Token=0'), 'SignatureDoesNotMatch'],
    [
      'another signature',
      (text: string) => text.replace(/Signature=./, 'Signature=x'),
      'SignatureDoesNotMatch',
    ],
    ['another key', (text: string) => text.replace('=ASIA', '=AKIA'), 'InvalidAccessKeyId'],
    ['no query', (text: string) => text.replace(/\?.*/, ''), 'AccessDenied'],
    ['no date', (text: string) => text.replace('X-Amz-Date', 'X-Amz-Day'), 'AccessDenied'],
  ])('does not work with %s', async (_, tamper, code) => {
    const response = await fetch(tamper(await url()));

    expect(response.status).toBe(403);
    expect(await response.text()).toContain(`<Code>${code}`);
  });

  it('serves parts, and heads', async () => {
    const signed = await url();

    const part = await fetch(signed, { headers: { range: 'bytes=9-13' } });
    const head = await fetch(signed, { method: 'HEAD' });
    const beyond = await fetch(signed, { headers: { range: 'bytes=900-' } });
    const put = await fetch(signed, { method: 'PUT', body: 'x' });

    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      `bytes 9-13/${firmware.length}`,
      'bytes',
    ]);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, `${firmware.length}`]);
    expect([beyond.status, put.status]).toEqual([416, 405]);
  });

  it('that was signed for an object that is not there leads to 404', async () => {
    const gone = `\${aws:iot:s3-presigned-url:https://images.s3.amazonaws.com/none.bin}`;
    const nowhere = `\${aws:iot:s3-presigned-url:https://s3.amazonaws.com/nowhere/none.bin}`;
    const link = `\${aws:iot:s3-presigned-url:https://s3.amazonaws.com/images/link}`;
    await createJob({
      document: JSON.stringify({ b: [gone, nowhere, link] }),
      presignedUrlConfig: { roleArn },
    });

    const answers = (await deliver()).b.map(async (text) => {
      const response = await fetch(text);
      return `${response.status} ${/<Code>(\w+)/.exec(await response.text())?.[1]}`;
    });

    expect(await Promise.all(answers)).toEqual([
      '404 NoSuchKey',
      '404 NoSuchBucket',
      '404 NoSuchKey',
    ]);
  });

  it.each([
    '/_s3/images/../../secret.txt',
    '/_s3/images/%2e%2e/%2e%2e/secret.txt',
    '/_s3/../secret.txt',
    '/_s3/images/%00',
    '/_s3/images/%zz',
    '/_s3/',
  ])('is needed for %s', async (path) => {
    const { search } = new URL(await url());

    expect(await rawGet(`${path}${search}`)).toBe(403);
    expect(await rawGet(path)).toBe(403);
  });
});

it('says which folder is missing', async () => {
  await expect(startTestEmulator({ s3Dir: '/no/such/folder' })).rejects.toThrow('/no/such/folder');
});

it('serves what its address says', async () => {
  await createJob({ document, presignedUrlConfig: { roleArn } });

  expect((await deliver()).b[0]).toContain(`${urlOf(emulator.http)}/_s3/images/pump/v%201.bin?`);
});
