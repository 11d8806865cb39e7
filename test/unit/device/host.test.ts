import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { DeviceHost } from '../../../src/device/host.ts';
import type { DeviceEffect } from '../../../src/device/io.ts';
import { Profile } from '../../../src/device/profile.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function hostOn(clock: ManualClock, perform: (effect: DeviceEffect) => void): DeviceHost {
  return new DeviceHost({
    thingName: 'thing-1',
    profile: Profile.parse({ link: { late: '10s' } }),
    random: seededRandom('seed'),
    answerTimeoutMs: 30_000,
    clock,
    perform,
  });
}

it('wakes the device when it asked to be woken, and has nothing scheduled while it idles', () => {
  const clock = new ManualClock();
  const effects: string[] = [];
  const host = hostOn(clock, ({ type }) => effects.push(type));

  host.feed({ type: 'start' });
  expect(clock.nextAt).toBe(10_000);
  clock.advanceTo(10_000);
  host.feed({ type: 'connected', sessionPresent: false });
  host.feed({ type: 'subscribed' });
  host.feed({ type: 'accepted', operation: 'describe', token: '0', body: { timestamp: 10 } });

  expect(effects).toEqual(['connect', 'subscribe', 'request']);
  expect(clock.nextAt).toBeUndefined();
});

it('a device that resumes goes on as one that was started, and told then that nothing is pending', () => {
  const noticeAt = (timestamp: number) => {
    const times = { queuedAt: timestamp, lastUpdatedAt: timestamp };
    const execution = { ...times, jobId: 'job', executionNumber: timestamp, versionNumber: 1 };
    const message = { timestamp, execution: { ...execution, status: 'QUEUED' as const } };
    return { type: 'notify-next', message } as const;
  };
  const live = (begin: (host: DeviceHost, clock: ManualClock) => void): unknown[] => {
    const clock = new ManualClock();
    const effects: unknown[] = [];
    const host = hostOn(clock, (effect) => effects.push(clock.now(), effect));
    begin(host, clock);
    clock.advanceTo(60_000);
    effects.length = 0;
    host.feed(noticeAt(9));
    host.feed(noticeAt(60));
    clock.advanceTo(70_000);
    host.feed({ type: 'disconnected', reason: 'gone' });
    clock.advanceTo(600_000);
    host.feed({ type: 'stop' });
    return effects;
  };

  const resumed = live((host) => host.feed({ type: 'resume', connectedAt: 10_000 }));
  const started = live((host, clock) => {
    host.feed({ type: 'start' });
    clock.advanceTo(10_000);
    host.feed({ type: 'connected', sessionPresent: false });
    host.feed({ type: 'subscribed' });
    host.feed({ type: 'accepted', operation: 'describe', token: '0', body: { timestamp: 10 } });
  });

  expect(resumed).toEqual(started);
  expect(resumed.length).toBeGreaterThan(6);
});

it('an input fed while effects are carried out waits until they all are', () => {
  const clock = new ManualClock();
  const log: string[] = [];
  const host: DeviceHost = hostOn(clock, ({ type }) => {
    log.push(`begin ${type}`);
    if (type === 'connect') host.feed({ type: 'connected', sessionPresent: false });
    if (type === 'subscribe') host.feed({ type: 'subscribed' });
    log.push(`end ${type}`);
  });

  host.feed({ type: 'start' });
  clock.advanceTo(10_000);

  expect(log).toEqual([
    'begin connect',
    'end connect',
    'begin subscribe',
    'end subscribe',
    'begin request',
    'end request',
  ]);
});

it('has nothing scheduled once the run is over', () => {
  const clock = new ManualClock();
  const host = hostOn(clock, () => undefined);
  host.feed({ type: 'start' });

  host.feed({ type: 'stop' });

  expect(clock.nextAt).toBeUndefined();
});
