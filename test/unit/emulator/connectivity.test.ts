import { expect, it } from 'vitest';
import { followConnectivity } from '../../../src/emulator/connectivity.ts';
import type { DisconnectReason, LifecycleEvent } from '../../../src/emulator/lifecycle.ts';
import type { Service } from '../../../src/emulator/service.ts';

const left = (reason: DisconnectReason): LifecycleEvent => ({
  type: 'disconnected',
  clientId: 'pump',
  reason,
});

it.each<[name: string, event: LifecycleEvent, told: readonly boolean[]]>([
  ['a connection', { type: 'connected', clientId: 'pump' }, [true]],
  ['a DISCONNECT', left('CLIENT_INITIATED_DISCONNECT'), [false]],
  ['a lost connection', left('CONNECTION_LOST'), [false]],
  ['a takeover, which leaves the client connected', left('DUPLICATE_CLIENTID'), []],
  ['a failed CONNECT', { type: 'connect_failed', clientId: 'pump', reason: 'THROTTLED' }, []],
  ['a subscription', { type: 'subscribed', clientId: 'pump', topics: ['x'] }, []],
])('tells the service of %s', (_, event, told) => {
  const commands: unknown[] = [];
  const call = ((command: unknown) => commands.push(command)) as unknown as Service['call'];

  followConnectivity({ call }, event);

  expect(commands).toEqual(
    told.map((isConnected) => ({ type: 'connectivity', thingName: 'pump', isConnected })),
  );
});
