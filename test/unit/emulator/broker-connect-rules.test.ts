import type { IConnectPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import {
  type ConnectTerms,
  clampKeepAlive,
  decideConnect,
} from '../../../src/emulator/connect-rules.ts';

const connectOf = (overrides: Partial<IConnectPacket> = {}): IConnectPacket => ({
  cmd: 'connect',
  clientId: 'pump-1',
  protocolVersion: 4,
  clean: true,
  keepalive: 60,
  ...overrides,
});

const termsOf = (overrides: Partial<IConnectPacket>): ConnectTerms => {
  const decision = decideConnect(connectOf(overrides), 0);
  if (!decision.ok) throw new Error(decision.refusal.detail);
  return decision.terms;
};

const willOf = (overrides: Partial<NonNullable<IConnectPacket['will']>>) => ({
  will: { topic: 'gone', payload: Buffer.from('x'), qos: 0 as const, retain: false, ...overrides },
});

describe('decideConnect', () => {
  it.each([
    [0, 1200],
    [1, 30],
    [29, 30],
    [30, 30],
    [1200, 1200],
    [1201, 1200],
    [65_535, 1200],
  ])('a keep-alive of %i s becomes %i s', (asked, given) => {
    expect(clampKeepAlive(asked)).toBe(given);
  });

  it.each<[string, Partial<IConnectPacket>, number]>([
    ['3.1.1 clean session', { clean: true }, 0],
    ['3.1.1 persistent session', { clean: false }, 3600],
    ['MQTT 5 without an expiry', { protocolVersion: 5, clean: false }, 0],
    ['MQTT 5', { protocolVersion: 5, properties: { sessionExpiryInterval: 90 } }, 90],
    [
      'MQTT 5 past seven days',
      { protocolVersion: 5, properties: { sessionExpiryInterval: 0xffff_ffff } },
      604_800,
    ],
  ])('session expiry of %s', (_, packet, expirySeconds) => {
    expect(termsOf(packet).expirySeconds).toBe(expirySeconds);
  });

  it.each<[string, Partial<IConnectPacket>]>([
    ['128 bytes', { clientId: 'x'.repeat(128) }],
    ['128 bytes of two-byte letters', { clientId: 'é'.repeat(64) }],
    ['a $ inside', { clientId: 'a$' }],
    ['none, clean', { clientId: '' }],
    ['none, MQTT 5', { clientId: '', protocolVersion: 5, clean: false }],
  ])('takes a client id of %s', (_, packet) => {
    expect(decideConnect(connectOf(packet), 0).ok).toBe(true);
  });

  it.each<[string, Partial<IConnectPacket>, number | undefined, number]>([
    ['client id of 129 bytes', { clientId: 'x'.repeat(129) }, 2, 0x85],
    ['client id of 130 bytes in 65 letters', { clientId: 'é'.repeat(65) }, 2, 0x85],
    ['client id that starts with $', { clientId: '$aws' }, 2, 0x85],
    ['no client id, persistent', { clientId: '', clean: false }, 2, 0x85],
    ['will at QoS 2', willOf({ qos: 2 }), undefined, 0x9b],
    ['will with a wildcard', willOf({ topic: 'a/#' }), undefined, 0x90],
    ['will topic of 257 bytes', willOf({ topic: 'x'.repeat(257) }), undefined, 0x90],
    ['will of 128 KB + 1', willOf({ payload: Buffer.alloc(131_073) }), undefined, 0x97],
    ['retained will on $aws', willOf({ topic: '$aws/x', retain: true }), undefined, 0x90],
    [
      'a maximum packet size of 511',
      { protocolVersion: 5, properties: { maximumPacketSize: 511 } },
      undefined,
      0x80,
    ],
    [
      'a receive maximum of 0',
      { protocolVersion: 5, properties: { receiveMaximum: 0 } },
      undefined,
      0x80,
    ],
    [
      'enhanced authentication',
      { protocolVersion: 5, properties: { authenticationMethod: 'SCRAM' } },
      undefined,
      0x87,
    ],
  ])('refuses %s', (_, packet, returnCode, reasonCode) => {
    const decision = decideConnect(connectOf(packet), 0);

    expect(decision).toMatchObject({ ok: false, refusal: { reasonCode } });
    expect(decision.ok || decision.refusal.returnCode).toBe(returnCode);
  });

  it('lets a client raise no window above 100', () => {
    const properties = { receiveMaximum: 500 };

    expect(termsOf({ protocolVersion: 5, properties }).inFlightMax).toBe(100);
  });
});
