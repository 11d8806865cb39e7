import { describe, expect, it } from 'vitest';
import { httpTime, isoTime } from '../../../src/base/clock.ts';
import {
  HttpGate,
  judgeRequest,
  type SignedRequest,
} from '../../../src/emulator/http-signature.ts';
import { presignedSignature, sha256 } from '../../../src/protocol/sigv4.ts';

const now = Date.UTC(2026, 10, 20, 21, 40, 3);
const signers = { keys: { AKIDEXAMPLE: 'secret' }, region: 'us-east-1' };

interface Flaws {
  readonly id?: string;
  readonly secret?: string;
  readonly service?: string;
  readonly region?: string;
  readonly day?: string;
  readonly at?: number;
  readonly signedHeaders?: string;
  readonly signedPath?: string;
  readonly signedBody?: string;
  readonly dateHeader?: boolean;
}

/** `POST /things/a%3Ab?x=1` as a client signs it. */
function signed(flaws: Flaws = {}): SignedRequest {
  const { id = 'AKIDEXAMPLE', secret = 'secret', service = 'iot', region = 'us-east-1' } = flaws;
  const { at = now, signedHeaders = 'host', signedPath = '/things/a%253Ab' } = flaws;
  const date = isoTime(at).replaceAll(/[-:]|\.\d+/g, '');
  const query = new URLSearchParams('x=1');
  const headers = { host: 'localhost:4566' };
  const signature = presignedSignature(
    { method: 'POST', path: signedPath, query, headers },
    {
      secret,
      date,
      region,
      service,
      signedHeaders,
      payloadHash: sha256(flaws.signedBody ?? '{}'),
      unsignedMembers: [],
    },
  );
  const scope = `${id}/${flaws.day ?? date.slice(0, 8)}/${region}/${service}/aws4_request`;
  return {
    method: 'POST',
    path: '/things/a%3Ab',
    query,
    body: Buffer.from('{}'),
    headers: {
      ...headers,
      ...(flaws.dateHeader === true ? { date: httpTime(at) } : { 'x-amz-date': date }),
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
    },
  };
}

const minutes = 60_000;

describe('a signed request', () => {
  it.each<[string, Flaws]>([
    ['for the control plane', {}],
    ['for the data plane', { service: 'iot-jobs-data' }],
    ['for execute-api', { service: 'execute-api' }],
    ['of 15 minutes ago', { at: now - 15 * minutes }],
    ['of a clock 15 minutes ahead', { at: now + 15 * minutes }],
    ['dated by Date', { dateHeader: true }],
  ])('%s is good', (_, flaws) => {
    expect(judgeRequest(signed(flaws), signers, now)).toEqual({
      ok: true,
      accessKeyId: 'AKIDEXAMPLE',
    });
  });

  it.each<[string, Flaws, RegExp]>([
    ['an unknown key', { id: 'AKIDOTHER' }, /AKIDOTHER is not known/],
    ['a key that every object has', { id: 'constructor' }, /constructor is not known/],
    ['another secret', { secret: 'guess' }, /does not match/],
    ['another service', { service: 's3' }, /service s3/],
    ['another region', { region: 'eu-west-1' }, /region eu-west-1, not us-east-1/],
    ['a date too old', { at: now - 15 * minutes - 1000 }, /15 minutes/],
    ['a date too far ahead', { at: now + 15 * minutes + 1000 }, /15 minutes/],
    ['a date of another day', { day: '20261119' }, /X-Amz-Date/],
    ['host not signed', { signedHeaders: 'x-amz-date' }, /name host/],
    ['a path encoded once', { signedPath: '/things/a%3Ab' }, /does not match/],
    ['another body', { signedBody: '{"x":1}' }, /does not match/],
  ])('with %s is refused', (_, flaws, why) => {
    expect(judgeRequest(signed(flaws), signers, now)).toEqual({
      ok: false,
      flaw: expect.stringMatching(why),
    });
  });

  it.each(['AWS4-HMAC-SHA256 ', 'AWS4-HMAC-SHA256 Credential=,=,,Signature', ''])(
    'with the header %j is refused',
    (authorization) => {
      const request = signed();

      const headers = { ...request.headers, authorization };

      expect(judgeRequest({ ...request, headers }, signers, now).ok).toBe(false);
    },
  );
});

it.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['192.0.2.7', false],
  ['::ffff:192.0.2.7', false],
  ['2001:db8::1', false],
  [undefined, false],
])('the admin answers to %s: %s', (client, isLetIn) => {
  const gate = new HttpGate(signers, undefined);
  const asked = { client, method: 'GET', path: '/metrics', requestId: 'r' };

  const status = gate.refuseDistant(asked)?.status;

  expect(status).toBe(isLetIn ? undefined : 403);
});
