import { describe, expect, it } from 'vitest';
import { DeviceConversation } from '../../support/device-conversation.ts';

describe('describe-next', () => {
  it('asks for $next once subscribed, then works from notices alone', () => {
    const talk = new DeviceConversation({ work: '5s' });
    talk.feed({ type: 'start' });
    talk.runTo(10).jobs.queue('job-1');
    talk.jobs.queue('job-2');

    talk.runTo(60);

    expect(talk.takeLines()).toEqual([
      '0ms connect',
      '0ms subscribe notify-next',
      '0ms > describe $next',
      '0ms < accepted',
      '10s < notify-next job-1 QUEUED v1',
      '10s > update job-1 IN_PROGRESS v1',
      '10s < accepted IN_PROGRESS v2',
      '15s > update job-1 SUCCEEDED v2',
      '15s < accepted SUCCEEDED v3',
      '15s over job-1: SUCCEEDED, acknowledged, updated',
      '15s < notify-next job-2 QUEUED v1',
      '15s > update job-2 IN_PROGRESS v1',
      '15s < accepted IN_PROGRESS v2',
      '20s > update job-2 SUCCEEDED v2',
      '20s < accepted SUCCEEDED v3',
      '20s over job-2: SUCCEEDED, acknowledged, updated',
      '20s < notify-next',
    ]);
  });

  it('finds what was queued before it came', () => {
    const talk = new DeviceConversation({ work: '5s' });
    talk.jobs.queue('job-1');

    talk.feed({ type: 'start' });
    talk.runTo(60);

    expect(talk.jobs.statusOf('job-1')).toBe('SUCCEEDED');
  });
});

describe('start-next', () => {
  it('starts by start-next, on connect and when told of an execution', () => {
    const talk = new DeviceConversation({ client: 'start-next', work: '5s', stepTimeout: '3m' });
    talk.jobs.queue('job-1');
    talk.feed({ type: 'start' });
    talk.runTo(30).jobs.queue('job-2');

    talk.runTo(60);

    expect(talk.takeLines()).toEqual([
      '0ms connect',
      '0ms subscribe notify-next',
      '0ms > start-next step 3m',
      '0ms < accepted job-1 IN_PROGRESS v2',
      '5s > update job-1 SUCCEEDED v2',
      '5s < accepted SUCCEEDED v3',
      '5s over job-1: SUCCEEDED, acknowledged, updated',
      '5s < notify-next',
      '30s < notify-next job-2 QUEUED v1',
      '30s > start-next step 3m',
      '30s < accepted job-2 IN_PROGRESS v2',
      '35s > update job-2 SUCCEEDED v2',
      '35s < accepted SUCCEEDED v3',
      '35s over job-2: SUCCEEDED, acknowledged, updated',
      '35s < notify-next',
    ]);
  });

  it('lets go of an execution when start-next hands out another one', () => {
    const talk = new DeviceConversation({ client: 'start-next', work: '5s', react: '10s' });
    talk.feed({ type: 'start' });
    talk.runTo(10).jobs.queue('job-1');
    talk.jobs.queue('job-2');
    talk.losesNotices = true;
    talk.jobs.cancel('job-1');

    talk.runTo(60);

    expect(talk.records.map(({ jobId, reported }) => [jobId, reported])).toEqual([
      ['job-1', 'IN_PROGRESS'],
      ['job-2', 'SUCCEEDED'],
    ]);
  });
});

describe('pick', () => {
  it('gets the list, describes the first, asks for the document, and goes on by the next list', () => {
    const talk = new DeviceConversation({ client: 'pick', work: '5s' });
    talk.jobs.queue('job-1');
    talk.jobs.queue('job-2');

    talk.feed({ type: 'start' });
    talk.runTo(60);

    expect(talk.takeLines()).toEqual([
      '0ms connect',
      '0ms subscribe notify',
      '0ms > get',
      '0ms < accepted',
      '0ms > describe job-1',
      '0ms < accepted job-1 QUEUED v1',
      '0ms > update job-1 IN_PROGRESS v1',
      '0ms < accepted IN_PROGRESS v2',
      '5s > update job-1 SUCCEEDED v2',
      '5s < accepted SUCCEEDED v3',
      '5s over job-1: SUCCEEDED, acknowledged, updated',
      '5s < notify',
      '5s > describe job-2',
      '5s < accepted job-2 QUEUED v1',
      '5s > update job-2 IN_PROGRESS v1',
      '5s < accepted IN_PROGRESS v2',
      '10s > update job-2 SUCCEEDED v2',
      '10s < accepted SUCCEEDED v3',
      '10s over job-2: SUCCEEDED, acknowledged, updated',
      '10s < notify',
    ]);
    const starts = talk.requests.filter(({ body }) => body.status === 'IN_PROGRESS');
    expect(starts.map(({ body }) => body.includeJobDocument)).toEqual([true, true]);
  });
});

it.each(['describe-next', 'start-next', 'pick'] as const)('%s resumes after a crash', (client) => {
  const talk = new DeviceConversation({ client, outcome: 'crash-and-resume', work: '40s' });
  talk.feed({ type: 'start' });
  talk.runTo(10).jobs.queue('job-1');

  talk.runTo(300);

  expect(talk.jobs.statusOf('job-1')).toBe('SUCCEEDED');
  expect(talk.lines.filter((line) => line.endsWith('connect'))).toHaveLength(2);
  expect(talk.records).toHaveLength(1);
});

it('an update tells which attempt it means and which version it expects, with a token of its own', () => {
  const talk = new DeviceConversation({
    outcome: 'fail',
    reason: 'checksum',
    statusDetails: { fw: '1.4' },
  });
  talk.feed({ type: 'start' });
  talk.jobs.queue('job-1');

  talk.runTo(60);

  expect(talk.requests.map(({ body }) => body)).toEqual([
    { clientToken: '0' },
    {
      expectedVersion: 1,
      executionNumber: 1,
      includeJobExecutionState: true,
      status: 'IN_PROGRESS',
      clientToken: '1',
    },
    {
      expectedVersion: 2,
      executionNumber: 1,
      includeJobExecutionState: true,
      status: 'FAILED',
      statusDetails: { fw: '1.4', reason: 'checksum' },
      clientToken: '2',
    },
  ]);
});
