import { describe, expect, it } from 'vitest';
import type { DeviceRejectionCode } from '../../../src/protocol/rejections.ts';
import { DeviceConversation } from '../../support/device-conversation.ts';
import type { RequestEffect } from '../../support/fake-thing-jobs.ts';

function started(profile: ConstructorParameters<typeof DeviceConversation>[0] = {}) {
  const talk = new DeviceConversation({ work: '40s', ...profile });
  talk.feed({ type: 'start' });
  talk.runTo(10).jobs.queue('job-1', 3_600_000);
  talk.runTo(11).takeLines();
  return talk;
}

const withoutTime = (line: string) => line.slice(line.indexOf(' ') + 1);
const isUpdate = ({ operation }: RequestEffect) => operation === 'update';

describe('an execution that goes away', () => {
  it('is let go when a notice says so', () => {
    const talk = started();

    talk.jobs.cancel('job-1');
    talk.runTo(300);

    expect(talk.takeLines()).toEqual([
      '11s < notify-next',
      '11s over job-1: IN_PROGRESS, acknowledged, not updated',
    ]);
  });

  it('is replaced by the next one', () => {
    const talk = started();
    talk.jobs.queue('job-2');

    talk.jobs.cancel('job-1');
    talk.runTo(300);

    expect(talk.jobs.statusOf('job-2')).toBe('SUCCEEDED');
    expect(talk.records.map(({ jobId }) => jobId)).toEqual(['job-1', 'job-2']);
  });

  it.each<DeviceRejectionCode>(['ResourceNotFound', 'TerminalStateReached', 'InvalidRequest'])(
    'is let go when an update is refused with %s, and the device asks what is next',
    (code) => {
      const talk = started();
      talk.refuses = (request) => (isUpdate(request) ? { code } : undefined);

      talk.runTo(51);

      expect(talk.takeLines()).toEqual([
        '50s > update job-1 SUCCEEDED v2',
        `50s < rejected ${code}`,
        '50s over job-1: SUCCEEDED, unacknowledged, updated',
        '50s > describe $next',
        '50s < accepted job-1 IN_PROGRESS v2',
      ]);
    },
  );

  it('that timed out comes again as a new attempt with a draw of its own', () => {
    const talk = new DeviceConversation({ outcome: 'hang' });
    talk.feed({ type: 'start' });
    talk.runTo(10).jobs.queue('job-1', 60_000);
    talk.runTo(80).jobs.queue('job-1', 60_000);

    talk.runTo(300);

    expect(talk.records.map(({ executionNumber }) => executionNumber)).toEqual([1, 2]);
  });
});

describe('an answer that says: later', () => {
  it.each<DeviceRejectionCode>(['RequestThrottled', 'InternalError'])(
    '%s: the update is sent again after a wait',
    (code) => {
      const talk = started();
      let refusals = 0;
      const executionState = { status: 'IN_PROGRESS', versionNumber: 2 } as const;
      talk.refuses = (request) =>
        isUpdate(request) && refusals++ < 2 ? { code, executionState } : undefined;

      talk.runTo(120);

      const sent = talk.requests.filter(({ operation }) => operation === 'update').slice(1);
      expect(sent).toHaveLength(3);
      expect(Number(sent[1]?.dueAt)).toBeGreaterThanOrEqual(50_000 + 5_000);
      expect(Number(sent[2]?.dueAt) - Number(sent[1]?.dueAt)).toBeGreaterThanOrEqual(10_000);
    },
  );

  it('a throttled question is asked again', () => {
    const talk = new DeviceConversation({});
    talk.jobs.queue('job-1');
    let refusals = 0;
    talk.refuses = () => (refusals++ < 3 ? { code: 'RequestThrottled' } : undefined);

    talk.feed({ type: 'start' });
    talk.runTo(300);

    expect(talk.jobs.statusOf('job-1')).toBe('SUCCEEDED');
  });

  it('never stops saying so: the device gives up after eight sendings', () => {
    const talk = started();
    talk.refuses = (request) => (isUpdate(request) ? { code: 'RequestThrottled' } : undefined);

    talk.runTo(7200);

    const updates = talk.requests.filter(({ operation }) => operation === 'update');
    expect(updates).toHaveLength(1 + 8);
    expect(talk.records).toHaveLength(1);
  });
});

describe('a lost answer', () => {
  it('to the final update: the conflict that follows proves that the first one arrived', () => {
    const talk = started();
    let losses = 0;
    talk.losesAnswer = (request) => isUpdate(request) && losses++ === 0;
    talk.losesNotices = true;

    talk.runTo(120);

    expect(talk.takeLines().map(withoutTime)).toEqual([
      '> update job-1 SUCCEEDED v2',
      'lost update',
      '> update job-1 SUCCEEDED v2',
      '< rejected VersionMismatch',
      'over job-1: SUCCEEDED, acknowledged, updated',
      '> describe $next',
      '< accepted',
    ]);
  });

  it('to the final update, but a notice that the execution is gone: it stays unacknowledged', () => {
    const talk = started();
    talk.losesAnswer = isUpdate;

    talk.runTo(120);

    expect(talk.takeLines().map(withoutTime)).toEqual([
      '> update job-1 SUCCEEDED v2',
      '< notify-next',
      'lost update',
      'over job-1: SUCCEEDED, unacknowledged, updated',
    ]);
  });

  it('to the start is made good by the version that the rejection tells', () => {
    const talk = new DeviceConversation({ work: '40s' });
    let losses = 0;
    talk.losesAnswer = (request) => isUpdate(request) && losses++ === 0;
    talk.feed({ type: 'start' });
    talk.jobs.queue('job-1');

    talk.runTo(300);

    expect(talk.jobs.statusOf('job-1')).toBe('SUCCEEDED');
    expect(talk.records[0]).toMatchObject({ reported: 'SUCCEEDED', acknowledged: true });
  });

  it('may come late, and is ignored then', () => {
    const talk = new DeviceConversation({});
    talk.jobs.queue('job-1');
    talk.losesAnswer = () => true;
    talk.feed({ type: 'start' });
    talk.runTo(31);
    const lines = talk.takeLines();

    talk.feed({ type: 'accepted', operation: 'describe', token: '0', body: { timestamp: 0 } });

    expect(lines.at(-1)).toBe('30s lost describe');
    expect(talk.takeLines()).toEqual([]);
  });

  it('for ever: the device stops asking until it hears of something', () => {
    const talk = new DeviceConversation({});
    talk.losesAnswer = ({ operation }) => operation === 'describe';
    talk.feed({ type: 'start' });
    talk.runTo(7200);
    const asked = talk.requests.length;

    talk.jobs.queue('job-1');
    talk.runTo(7300);

    expect(asked).toBe(8);
    expect(talk.jobs.statusOf('job-1')).toBe('SUCCEEDED');
  });
});

describe('a version conflict', () => {
  it('teaches the version, and the update is sent again at once', () => {
    const talk = started();
    talk.feed({
      type: 'notify-next',
      message: {
        timestamp: 11,
        execution: {
          jobId: 'job-1',
          executionNumber: 1,
          status: 'IN_PROGRESS',
          versionNumber: 9,
          queuedAt: 10,
          lastUpdatedAt: 11,
        },
      },
    });

    talk.runTo(60);

    expect(talk.takeLines()).toEqual([
      '50s > update job-1 SUCCEEDED v9',
      '50s < rejected VersionMismatch',
      '50s > update job-1 SUCCEEDED v2',
      '50s < accepted SUCCEEDED v3',
      '50s over job-1: SUCCEEDED, acknowledged, updated',
      '50s < notify-next',
    ]);
  });

  it('with a cancelled execution ends the work', () => {
    const talk = started();
    talk.refuses = (request) =>
      isUpdate(request)
        ? {
            code: 'VersionMismatch',
            executionState: { status: 'CANCELED', versionNumber: 3 },
          }
        : undefined;

    talk.runTo(60);

    expect(talk.records).toMatchObject([{ reported: 'SUCCEEDED', acknowledged: false }]);
  });
});

describe('the link', () => {
  it('lost with the final update on its way: what was not heard stays unacknowledged', () => {
    const talk = started();
    talk.losesAnswer = isUpdate;

    talk.runTo(51);
    talk.feed({ type: 'cut', untilAt: 70_000 });
    talk.runTo(120);

    expect(talk.takeLines()).toEqual([
      '50s > update job-1 SUCCEEDED v2',
      '50s < notify-next',
      '51s break off',
      '51s lost update',
      '1m10s connect',
      '1m10s subscribe notify-next',
      '1m10s > describe $next',
      '1m10s < accepted',
      '1m10s over job-1: SUCCEEDED, unacknowledged, updated',
    ]);
  });

  it('lost while the start was on its way: the hand-out on reconnect says that it has begun', () => {
    const talk = new DeviceConversation({ work: '40s' });
    talk.losesAnswer = isUpdate;
    talk.feed({ type: 'start' });
    talk.runTo(10).jobs.queue('job-1');
    talk.runTo(11);
    talk.losesAnswer = () => false;
    talk.feed({ type: 'cut', untilAt: 20_000 });

    talk.runTo(120);

    const statuses = talk.requests
      .filter(({ operation }) => operation === 'update')
      .map(({ body }) => body.status);
    expect(statuses).toEqual(['IN_PROGRESS', 'SUCCEEDED']);
  });

  it('gone when an update falls due: it is due when the device is back', () => {
    const talk = started();
    talk.feed({ type: 'cut', untilAt: 100_000 });

    talk.runTo(200);

    const final = talk.requests.at(-1);
    expect(final?.body.status).toBe('SUCCEEDED');
    expect(final?.dueAt).toBe(100_020);
  });
});

describe('a notice', () => {
  const offer = {
    jobId: 'job-1',
    executionNumber: 1,
    status: 'QUEUED',
    versionNumber: 1,
    queuedAt: 10,
    lastUpdatedAt: 10,
  } as const;

  it('that comes twice starts nothing twice', () => {
    const talk = started();

    talk.feed({ type: 'notify-next', message: { timestamp: 10, execution: offer } });
    talk.feed({ type: 'notify-next', message: { timestamp: 11, execution: offer } });
    talk.runTo(49);

    expect(talk.takeLines()).toEqual([]);
  });

  it('that is older than the last answer does not bring the old version back', () => {
    const talk = started();

    talk.feed({ type: 'notify-next', message: { timestamp: 11, execution: offer } });
    talk.runTo(51);

    expect(talk.takeLines()[0]).toBe('50s > update job-1 SUCCEEDED v2');
  });

  it('of an execution that is over is ignored', () => {
    const talk = started().runTo(60);
    talk.takeLines();

    talk.feed({ type: 'notify-next', message: { timestamp: 61, execution: offer } });
    talk.runTo(300);

    expect(talk.takeLines()).toEqual([]);
  });

  it('that is older than what the device knows is ignored', () => {
    const talk = started();

    talk.feed({ type: 'notify-next', message: { timestamp: 9 } });

    expect(talk.records).toEqual([]);
  });

  it('of a job made again under an old name is news', () => {
    const talk = started().runTo(60);

    talk.feed({
      type: 'notify-next',
      message: { timestamp: 61, execution: { ...offer, queuedAt: 61 } },
    });

    expect(talk.takeLines().at(-1)).toBe('1m > update job-1 IN_PROGRESS v1');
  });

  it('of the other kind than it subscribed to is ignored', () => {
    const talk = started();

    talk.feed({ type: 'notify', message: { timestamp: 12, jobs: {} } });

    expect(talk.records).toEqual([]);
  });
});

describe('the end of the run', () => {
  it('reports what is unfinished, and says goodbye', () => {
    const talk = started();

    talk.feed({ type: 'stop' });
    talk.runTo(300);

    expect(talk.takeLines()).toEqual([
      '11s disconnect',
      '11s over job-1: IN_PROGRESS, acknowledged, not updated, unfinished',
    ]);
  });

  it('counts a request on its way as lost', () => {
    const talk = started();
    talk.losesAnswer = () => true;
    talk.runTo(51).takeLines();

    talk.feed({ type: 'stop' });

    expect(talk.takeLines().slice(0, 2)).toEqual(['51s disconnect', '51s lost update']);
  });

  it('is the end: nothing moves the device after it', () => {
    const talk = started();
    talk.feed({ type: 'stop' });
    talk.takeLines();

    talk.feed({ type: 'start' });
    talk.feed({ type: 'stop' });
    talk.runTo(300);

    expect(talk.takeLines()).toEqual([]);
  });
});
