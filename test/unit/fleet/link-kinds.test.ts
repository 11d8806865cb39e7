import { describe, expect, it } from 'vitest';
import {
  type AuthorizerLogin,
  customAuthorizerAccess,
} from '../../../src/fleet/custom-authorizer.ts';
import type { Access, Endpoint } from '../../../src/fleet/link.ts';
import { connectionProblem } from '../../../src/fleet/link-kinds.ts';

function endpointWith(access: Access): Endpoint {
  return { host: 'iot.example', port: 443, tls: {}, access };
}

describe('what stands in the way of a connection', () => {
  it.each<[Access]>([
    [{ kind: 'certificate', alpn: 'x-amzn-mqtt-ca' }],
    [{ kind: 'login', userName: 'u'.repeat(65_535), password: 'p' }],
  ])('is nothing for $kind with either client', (access) => {
    for (const client of ['mqttjs', 'packet'] as const) {
      expect(connectionProblem(client, endpointWith(access))).toBeUndefined();
      expect(connectionProblem(client, { host: 'localhost', port: 1883 })).toBeUndefined();
    }
  });

  it('is the packet client, which knows no WebSocket', () => {
    const endpoint = endpointWith({ kind: 'sigv4', region: 'eu-west-1' });

    expect(connectionProblem('mqttjs', endpoint)).toBeUndefined();
    expect(connectionProblem('packet', endpoint)?.message).toContain('WebSocket');
  });

  it.each<[Access]>([
    [{ kind: 'login', userName: 'u'.repeat(65_536) }],
    [{ kind: 'login', userName: 'u', password: 'é'.repeat(32_768) }],
  ])('is a login that no MQTT packet holds, told without it', (access) => {
    const problem = connectionProblem('mqttjs', endpointWith(access));

    expect(problem?.message).toContain('65535 bytes');
    expect(JSON.stringify(problem)).not.toMatch(/uuu|éé/);
  });
});

describe('the login of a custom authorizer', () => {
  const token = { key: 'tok', value: 't-1', signature: 'a/b+=' };

  it.each<[string, AuthorizerLogin, string]>([
    ['with all of it', { name: 'gate', userName: 'me', token }, 'me?N=gate&S=a%2Fb%2B%3D&tok=t-1'],
    ['of the default authorizer', { userName: 'me', token }, 'me?S=a%2Fb%2B%3D&tok=t-1'],
    [
      'that checks no signature',
      { name: 'gate', token: { key: 'tok', value: 't-1' } },
      '?N=gate&tok=t-1',
    ],
    ['without a token', { name: 'gate', userName: 'me' }, 'me?N=gate'],
    ['that is a user name and no more', { userName: 'me' }, 'me'],
    ['whose signature is encoded', { token: { ...token, signature: 'a%2Fb' } }, '?S=a%2Fb&tok=t-1'],
  ])('%s', (_, login, expected) => {
    const userName = expected
      .replace('N=', 'x-amz-customauthorizer-name=')
      .replace('S=', 'x-amz-customauthorizer-signature=');

    expect(customAuthorizerAccess(login)).toEqual({ kind: 'login', userName });
    expect(customAuthorizerAccess({ ...login, password: 'pw' }).password).toBe('pw');
  });
});
