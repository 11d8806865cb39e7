import { describe, expect, it } from 'vitest';
import { MqttJobs } from '../../../src/emulator/mqtt-jobs.ts';
import { RequestTally } from '../../../src/emulator/request-tally.ts';
import { Service } from '../../../src/emulator/service.ts';
import { Dialect } from '../../../src/protocol/dialect.ts';
import { defaultAccount } from '../../../src/protocol/names.ts';
import { jobsTopic, parseJobsTopic } from '../../../src/protocol/topics.ts';
import { frozenClock, testTimeAt } from '../../support/emulator.ts';

const timestamp = Math.floor(testTimeAt / 1000);
const client = { clientId: 'pump' };
const document = { operation: 'update' };

interface Sent {
  readonly way: 'reply' | 'publish';
  readonly topic: string;
  readonly payload: unknown;
}

/** The service of thing `pump` with one queued job `fw`, and all that left it since the last look. */
function desk(
  dialect: Partial<Dialect> = {},
  jobIds: readonly string[] = ['fw'],
  isHeard: (topic: string) => boolean = () => true,
) {
  const clock = frozenClock();
  const tally = new RequestTally();
  let sent: Sent[] = [];
  const record = (way: Sent['way']) => (topic: string, payload: string | Uint8Array) => {
    sent.push({ way, topic, payload: JSON.parse(String(payload)) });
  };
  const service = new Service({
    account: defaultAccount,
    dialect: Dialect.parse(dialect),
    seed: 'test',
    clock,
    emit: (effect) => jobs.deliver(effect),
  });
  const jobs = new MqttJobs(
    service,
    {
      reply: (_, topic, payload) => record('reply')(topic, payload),
      publish: record('publish'),
      isHeard,
    },
    tally,
    { textOf: (_, value) => JSON.stringify(value) },
  );
  const look = () => {
    clock.advanceTo(clock.now());
    const seen = sent;
    sent = [];
    return seen;
  };
  service.call({ type: 'create-thing', thingName: 'pump', attributes: {} });
  for (const jobId of jobIds) {
    const targets = ['arn:aws:iot:us-east-1:123456789012:thing/pump'];
    const request = { jobId, targets, document: JSON.stringify(document) };
    service.call({ type: 'create-job', request });
    clock.advanceTo(clock.now());
  }
  return {
    service,
    tally,
    look,
    announced: look(),
    /** What a publish to `jobs/<suffix>` brings about. */
    ask(suffix: string, payload: object | string = {}): Sent[] {
      const topic = jobsTopic('pump', suffix);
      const parsed = parseJobsTopic(topic);
      if (parsed === undefined || parsed.kind === 'reserved')
        throw new Error(`not for us: ${topic}`);
      const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
      jobs.handle({ client, topic, jobsTopic: parsed, payload: Buffer.from(text) });
      return look();
    },
  };
}

const reply = (suffix: string, payload: object): Sent => ({
  way: 'reply',
  topic: jobsTopic('pump', suffix),
  payload,
});
const publish = (suffix: string, payload: object): Sent => ({
  way: 'publish',
  topic: jobsTopic('pump', suffix),
  payload,
});

const queued = {
  jobId: 'fw',
  queuedAt: timestamp,
  lastUpdatedAt: timestamp,
  versionNumber: 1,
  executionNumber: 1,
};
const started = { ...queued, startedAt: timestamp, versionNumber: 2 };

it('announces a new execution: the list, then the next one with its document', () => {
  expect(desk().announced).toEqual([
    publish('notify', { timestamp, jobs: { QUEUED: [queued] } }),
    publish('notify-next', {
      timestamp,
      execution: { ...queued, status: 'QUEUED', jobDocument: document },
    }),
  ]);
});

describe.each([
  ['with a clientToken', { clientToken: 'c-"1"' }],
  ['without a clientToken', {}],
])('accepted, %s', (_, token) => {
  const tail = { timestamp, ...token };

  it('get', () => {
    expect(desk().ask('get', token)).toEqual([
      reply('get/accepted', { inProgressJobs: [], queuedJobs: [queued], ...tail }),
    ]);
  });

  it('start-next', () => {
    expect(desk().ask('start-next', token)).toEqual([
      reply('start-next/accepted', {
        execution: { ...started, thingName: 'pump', status: 'IN_PROGRESS', jobDocument: document },
        ...tail,
      }),
    ]);
  });

  it('describe', () => {
    const execution = { ...queued, thingName: 'pump', status: 'QUEUED' };

    expect(desk().ask('$next/get', token)).toEqual([
      reply('$next/get/accepted', { execution: { ...execution, jobDocument: document }, ...tail }),
    ]);
    expect(desk().ask('fw/get', { ...token, includeJobDocument: false })).toEqual([
      reply('fw/get/accepted', { execution, ...tail }),
    ]);
  });

  it('update, before what it brings about', () => {
    const flags = { includeJobExecutionState: true, includeJobDocument: true };

    expect(desk().ask('fw/update', { status: 'SUCCEEDED', ...flags, ...token })).toEqual([
      reply('fw/update/accepted', {
        executionState: { status: 'SUCCEEDED', versionNumber: 2 },
        jobDocument: document,
        ...tail,
      }),
      publish('notify', { timestamp, jobs: {} }),
      publish('notify-next', { timestamp }),
    ]);
  });

  it('update without flags, by itself', () => {
    expect(desk().ask('fw/update', { status: 'IN_PROGRESS', ...token })).toEqual([
      reply('fw/update/accepted', tail),
    ]);
  });

  it('nothing pending', () => {
    expect(desk({}, []).ask('start-next', token)).toEqual([reply('start-next/accepted', tail)]);
    expect(desk({}, []).ask('$next/get', token)).toEqual([reply('$next/get/accepted', tail)]);
  });

  it('rejected', () => {
    expect(desk().ask('fw/update', { status: 'FAILED', expectedVersion: '99', ...token })).toEqual([
      reply('fw/update/rejected', {
        code: 'VersionMismatch',
        message: 'Expected version 99 but found version 1',
        executionState: { status: 'QUEUED', versionNumber: 1 },
        ...tail,
      }),
    ]);
  });

  it('an unknown topic', () => {
    expect(desk().ask('fw/start', token)).toEqual([
      reply('fw/start/rejected', { code: 'InvalidTopic', message: expect.any(String), ...tail }),
    ]);
  });
});

describe('rejected', () => {
  it.each<[string, string, object | string, string]>([
    ['no JSON', 'get', '{', 'InvalidJson'],
    ['a missing status', 'fw/update', '', 'InvalidRequest'],
    ['an unknown job', 'other/update', { status: 'FAILED' }, 'ResourceNotFound'],
    ['a status of the service', 'fw/update', { status: 'TIMED_OUT' }, 'InvalidRequest'],
    ['an illegal job id', 'f w/get', {}, 'InvalidRequest'],
    ['$next/update', '$next/update', { status: 'FAILED' }, 'InvalidTopic'],
  ])('%s', (_, suffix, payload, code) => {
    expect(desk().ask(suffix, payload)).toEqual([
      reply(`${suffix}/rejected`, { code, message: expect.any(String), timestamp }),
    ]);
  });

  it('$next/update as the dialect says', () => {
    expect(desk({ nextUpdate: 'ResourceNotFound' }).ask('$next/update', {})).toMatchObject([
      { payload: { code: 'ResourceNotFound' } },
    ]);
  });
});

it('publishes events once they are switched on', () => {
  const { service, ask, look } = desk();
  service.call({ type: 'configure-events', enabled: { JOB: true, JOB_EXECUTION: true } });
  look();

  const topics = ask('fw/update', { status: 'SUCCEEDED' }).map(({ topic }) => topic);

  expect(topics).toEqual([
    jobsTopic('pump', 'fw/update/accepted'),
    jobsTopic('pump', 'notify'),
    jobsTopic('pump', 'notify-next'),
    '$aws/events/jobExecution/fw/succeeded',
    '$aws/events/job/fw/completed',
  ]);
});

it('counts every request by its outcome', () => {
  const { ask, tally } = desk();

  ask('get');
  ask('fw/get', '[');
  ask('nonsense');

  expect(tally.read()).toMatchObject({
    get: { OK: 1, InvalidJson: 0 },
    describe: { OK: 0, InvalidJson: 1 },
    invalid: { InvalidTopic: 1 },
  });
});

it('publishes what someone hears and nothing else', () => {
  const { ask } = desk({}, ['fw'], (topic) => topic.endsWith('/notify-next'));

  const sent = ask('fw/update', { status: 'SUCCEEDED' });

  expect(sent.map(({ topic }) => topic)).toEqual([
    jobsTopic('pump', 'fw/update/accepted'),
    jobsTopic('pump', 'notify-next'),
  ]);
});
