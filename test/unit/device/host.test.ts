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
