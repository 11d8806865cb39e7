import { describe, expect, it } from 'vitest';
import { NoticeFilter, type NoticeMessage } from '../../../src/fleet/notice-filter.ts';
import type { ExecutionData } from '../../../src/protocol/messages.ts';

function executionOf(overrides: Partial<ExecutionData>): ExecutionData {
  return {
    jobId: 'fw-1',
    executionNumber: 1,
    queuedAt: 100,
    lastUpdatedAt: 100,
    versionNumber: 1,
    status: 'QUEUED',
    ...overrides,
  };
}

function next(timestamp: number, overrides?: Partial<ExecutionData>): NoticeMessage {
  const execution = overrides && { execution: executionOf(overrides) };
  return { type: 'notify-next', message: { timestamp, ...execution } };
}

function list(timestamp: number, ...queued: Partial<ExecutionData>[]): NoticeMessage {
  return { type: 'notify', message: { timestamp, jobs: { QUEUED: queued.map(executionOf) } } };
}

function jobIds(filter: NoticeFilter, ...notices: NoticeMessage[]): string[][] {
  return notices.map((notice) => filter.takeNew(notice).map(({ jobId }) => jobId));
}

describe('NoticeFilter', () => {
  it.each<[string, NoticeMessage, string[]]>([
    ['a newly queued next', next(100, {}), ['fw-1']],
    ['a list of them', list(100, {}, { jobId: 'fw-2' }), ['fw-1', 'fw-2']],
    ['the new one of a list', list(101, {}, { jobId: 'fw-2', queuedAt: 101 }), ['fw-2']],
    ['one that has waited', next(160, {}), []],
    ['one that has begun', next(100, { status: 'IN_PROGRESS' }), []],
    ['nothing pending', next(100), []],
    ['a list that is none', { type: 'notify', message: { timestamp: 1, jobs: {} } }, []],
  ])('%s', (_, notice, announced) => {
    expect(jobIds(new NoticeFilter(), notice)).toEqual([announced]);
  });

  it('takes an execution once, by whatever topic it is told again', () => {
    expect(jobIds(new NoticeFilter(), list(100, {}), next(100, {}), list(100, {}))).toEqual([
      ['fw-1'],
      [],
      [],
    ]);
  });

  it('takes the next attempt of a job as new', () => {
    const retry = next(100, { executionNumber: 2 });

    expect(jobIds(new NoticeFilter(), next(100, {}), retry)).toEqual([['fw-1'], ['fw-1']]);
  });

  it('finds what another service should not have sent', () => {
    const odd = { timestamp: 1, jobs: { QUEUED: 'none' } } as unknown as NoticeMessage['message'];

    expect(jobIds(new NoticeFilter(), { type: 'notify', message: odd } as NoticeMessage)).toEqual([
      [],
    ]);
  });

  it('knows a notice that comes twice in a row, on its own topic', () => {
    const filter = new NoticeFilter();
    const bytes = (text: string) => new TextEncoder().encode(text);

    expect(filter.isRepeat('notify', bytes('a'))).toBe(false);
    expect(filter.isRepeat('notify-next', bytes('a'))).toBe(false);
    expect(filter.isRepeat('notify', bytes('a'))).toBe(true);
    expect(filter.isRepeat('notify', bytes('b'))).toBe(false);
    expect(filter.isRepeat('notify', bytes('a'))).toBe(false);
  });
});
