import { expect, it } from 'vitest';
import { judgeSignature } from '../../../src/emulator/websocket-signature.ts';
import { presignedMqttPath } from '../../../src/protocol/sigv4.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret/+key' };
const region = 'eu-west-1';
const now = Date.UTC(2026, 10, 20, 21, 40, 3);

const queryOf = (path: string) => new URLSearchParams(path.slice(path.indexOf('?')));

it.each([
  [
    'abc123-ats.iot.eu-west-1.amazonaws.com',
    '45ae9cc6aa0c7ddc41c663bcf46e3bf93b97662cabb02e67af0adb98eea5309b',
  ],
  ['localhost:8443', 'fbf86fb67f8ba7d5b868b6da91fdf7401bc88cfbe302431895bb02bf310d8ab0'],
])('signs MQTT over WebSocket to %s as @smithy/signature-v4 presigns it', (host, signature) => {
  const path = presignedMqttPath(host, region, credentials, now);

  expect(path).toBe(
    '/mqtt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
      '&X-Amz-Credential=AKIDEXAMPLE%2F20261120%2Feu-west-1%2Fiotdevicegateway%2Faws4_request' +
      '&X-Amz-Date=20261120T214003Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host' +
      `&X-Amz-Signature=${signature}`,
  );
});

it('appends the session token after signing, and the signature holds', () => {
  const host = 'localhost:8443';
  const without = presignedMqttPath(host, region, credentials, now);

  const path = presignedMqttPath(host, region, { ...credentials, sessionToken: 'to/k+e n=' }, now);

  expect(path).toBe(`${without}&X-Amz-Security-Token=to%2Fk%2Be%20n%3D`);
  const signers = { keys: { AKIDEXAMPLE: 'secret/+key' }, region };
  const signed = { path: '/mqtt', query: queryOf(path), host };
  expect(judgeSignature(signed, signers, now)).toEqual({ ok: true, accessKeyId: 'AKIDEXAMPLE' });
});
