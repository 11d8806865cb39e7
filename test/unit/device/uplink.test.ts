import { expect, it } from 'vitest';
import type { ProfileInput } from '../../../src/device/profile.ts';
import { DeviceConversation } from '../../support/device-conversation.ts';

/** When it connects or breaks off. */
function linkLines(link: ProfileInput['link'], act: (talk: DeviceConversation) => void): string[] {
  const talk = new DeviceConversation({ link });
  talk.feed({ type: 'start' });
  act(talk);
  return talk.takeLines().filter((line) => /connect|break off/.test(line));
}

it('connects when it is switched on, or late', () => {
  expect(linkLines({}, (talk) => talk.runTo(60))).toEqual(['0ms connect']);
  expect(linkLines({ late: '20s' }, (talk) => talk.runTo(60))).toEqual(['20s connect']);
});

it('tries again with a longer wait each time, up to the limit', () => {
  const reconnect = { min: '1s', max: '5s', factor: 2, jitter: 'none' } as const;

  const lines = linkLines({ reconnect }, (talk) => {
    talk.isReachable = false;
    talk.runTo(20);
  });

  expect(lines).toEqual([
    '0ms connect',
    '1s connect',
    '3s connect',
    '7s connect',
    '12s connect',
    '17s connect',
  ]);
});

it('starts over with the shortest wait once it has been ready', () => {
  const reconnect = { min: '2s', factor: 2, jitter: 'none' } as const;

  const lines = linkLines({ reconnect }, (talk) => {
    for (const at of [10, 20, 30]) {
      talk.runTo(at);
      talk.feed({ type: 'disconnected', reason: 'broker' });
    }
    talk.runTo(40);
  });

  expect(lines).toEqual(['0ms connect', '12s connect', '22s connect', '32s connect']);
});

it('flaps: many short breaks, each followed by a connect at once', () => {
  const lines = linkLines({ flapping: { up: '10s', down: '2s' } }, (talk) => talk.runTo(35));

  expect(lines).toEqual([
    '0ms connect',
    '10s break off',
    '12s connect',
    '22s break off',
    '24s connect',
    '34s break off',
  ]);
});

it('flaps by itself at random, and no faster than ten times a second', () => {
  const breaks = (link: ProfileInput['link']) =>
    linkLines(link, (talk) => talk.runTo(3600)).filter((line) => line.includes('break off')).length;

  expect(Math.abs(breaks({ flapping: {} }) - 3600 / 32)).toBeLessThan(30);
  expect(breaks({ flapping: { up: '0s', down: '0s' } })).toBeLessThanOrEqual(3600 * 5);
});

it('flapping leaves the times of going offline as they are, and does not end them', () => {
  const offline: NonNullable<ProfileInput['link']>['offline'] = {
    every: { uniform: ['30s', '40s'] },
    for: '20s',
  };
  const alone = linkLines({ offline }, (talk) => talk.runTo(70));

  const both = linkLines({ offline, flapping: { up: '8s', down: '1s' } }, (talk) => talk.runTo(70));

  const [, wentOff = '', cameBack = ''] = alone;
  expect(both).toContain(cameBack);
  const gone = both.slice(both.indexOf(wentOff), both.indexOf(cameBack));
  expect(gone).toEqual([wentOff]);
});

it('goes offline again and again', () => {
  const lines = linkLines({ offline: { every: '30s', for: '10s' } }, (talk) => talk.runTo(85));

  expect(lines).toEqual([
    '0ms connect',
    '30s break off',
    '40s connect',
    '1m10s break off',
    '1m20s connect',
  ]);
});

it('offline times of zero do not make it spin', () => {
  const lines = linkLines({ offline: { every: '0s', for: '0s' } }, (talk) => talk.runTo(10));

  expect(lines.length).toBeLessThanOrEqual(11);
});

it('stays away while its network is cut, however often', () => {
  const lines = linkLines({}, (talk) => {
    talk.runTo(10).feed({ type: 'cut', untilAt: 50_000 });
    talk.runTo(20).feed({ type: 'cut', untilAt: 40_000 });
    talk.runTo(60);
  });

  expect(lines).toEqual(['0ms connect', '10s break off', '50s connect']);
});

it('a cut before power-on delays the first connect', () => {
  const talk = new DeviceConversation({});

  talk.feed({ type: 'cut', untilAt: 15_000 });
  talk.feed({ type: 'start' });
  talk.runTo(60);

  expect(talk.takeLines()[0]).toBe('15s connect');
});

it('gives up a connection on which it cannot subscribe', () => {
  const talk = new DeviceConversation({
    link: { reconnect: { min: '5s', jitter: 'none' } },
  });
  talk.feed({ type: 'start' });
  talk.feed({ type: 'connected', sessionPresent: false });

  talk.feed({ type: 'subscribe-failed', reason: 'not authorised' });
  talk.runTo(6);

  expect(talk.takeLines()).toEqual([
    '0ms connect',
    '0ms subscribe notify-next',
    '0ms break off',
    '5s connect',
    '5s subscribe notify-next',
    '5s > describe $next',
    '5s < accepted',
  ]);
});

it.each([
  { type: 'connected', sessionPresent: false },
  { type: 'subscribed' },
  { type: 'subscribe-failed', reason: 'late' },
  { type: 'start' },
] as const)('ignores a second $type', (input) => {
  const talk = new DeviceConversation({});
  talk.feed({ type: 'start' });
  talk.runTo(10).takeLines();

  talk.feed(input);
  talk.runTo(20);

  expect(talk.takeLines()).toEqual([]);
});
