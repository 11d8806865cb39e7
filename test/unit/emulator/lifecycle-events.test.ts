import { expect, it } from 'vitest';
import type { LifecycleEvent } from '../../../src/emulator/lifecycle.ts';
import { LifecycleAnnouncer } from '../../../src/emulator/lifecycle-events.ts';
import { frozenClock, testTimeAt } from '../../support/emulator.ts';

function desk() {
  const clock = frozenClock();
  const told: { topic: string; payload: Record<string, unknown> }[] = [];
  const announcer = new LifecycleAnnouncer({
    clock,
    seed: 'test',
    isHeard: (topic) => !topic.endsWith('/unheard'),
    publish: (topic, payload) => told.push({ topic, payload: JSON.parse(payload) }),
  });
  return {
    clock,
    told,
    announce(...events: LifecycleEvent[]) {
      for (const event of events) announcer.announce(event);
      return told.splice(0);
    },
  };
}

const connected = { type: 'connected', clientId: 'pump' } as const;
const disconnected = {
  type: 'disconnected',
  clientId: 'pump',
  reason: 'CONNECTION_LOST',
} as const;

it('tells who comes and goes in AWS’s form', () => {
  const { announce } = desk();

  const [came, went] = announce(
    { ...connected, remoteAddress: '10.0.0.7', principalId: 'ab12' },
    disconnected,
  );

  const sessionIdentifier = came?.payload['sessionIdentifier'];
  expect(sessionIdentifier).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
  expect(came).toEqual({
    topic: '$aws/events/presence/connected/pump',
    payload: {
      clientId: 'pump',
      timestamp: testTimeAt,
      eventType: 'connected',
      sessionIdentifier,
      principalIdentifier: 'ab12',
      ipAddress: '10.0.0.7',
      versionNumber: 0,
    },
  });
  expect(went).toEqual({
    topic: '$aws/events/presence/disconnected/pump',
    payload: {
      clientId: 'pump',
      timestamp: testTimeAt,
      eventType: 'disconnected',
      clientInitiatedDisconnect: false,
      disconnectReason: 'CONNECTION_LOST',
      sessionIdentifier,
      principalIdentifier: 'ab12',
      versionNumber: 0,
    },
  });
});

it('counts connections per client id, until it stayed away for an hour', () => {
  const { announce, clock } = desk();
  const versions = () =>
    announce(connected, disconnected).map(({ payload }) => payload['versionNumber']);

  expect(versions()).toEqual([0, 0]);
  expect(versions()).toEqual([1, 1]);
  clock.advanceTo(clock.now() + 3_599_999);
  expect(versions()).toEqual([2, 2]);
  clock.advanceTo(clock.now() + 3_600_000);
  expect(versions()).toEqual([0, 0]);
});

it('gives each connection a session of its own', () => {
  const { announce } = desk();
  const events = announce(connected, disconnected, connected, { ...connected, clientId: 'valve' });

  expect(new Set(events.map(({ payload }) => payload['sessionIdentifier'])).size).toBe(3);
});

it.each([
  ['subscribed', '$aws/events/subscriptions/subscribed/pump'],
  ['unsubscribed', '$aws/events/subscriptions/unsubscribed/pump'],
] as const)('tells what a client has %s', (type, topic) => {
  const { announce } = desk();
  announce(connected);

  const [event] = announce({ type, clientId: 'pump', topics: ['a/b', 'c/#'] });

  expect(event).toMatchObject({ topic, payload: { eventType: type, topics: ['a/b', 'c/#'] } });
});

it('tells of a connection that failed, and changes nothing about one that stands', () => {
  const { announce } = desk();
  announce(connected);

  const [failed, went] = announce(
    { type: 'connect_failed', clientId: 'pump', reason: 'THROTTLED', remoteAddress: '10.0.0.8' },
    disconnected,
  );

  expect(failed).toMatchObject({
    topic: '$aws/events/presence/connect_failed/pump',
    payload: { disconnectReason: 'THROTTLED', ipAddress: '10.0.0.8' },
  });
  expect(went?.payload).toMatchObject({ versionNumber: 0 });
});

it.each(['', 'a+b', 'a#'])('says nothing of a client id no topic can hold: %j', (clientId) => {
  expect(desk().announce({ ...connected, clientId })).toEqual([]);
});

it('makes no event that nobody hears', () => {
  expect(desk().announce({ ...connected, clientId: 'unheard' })).toEqual([]);
});
