import { describe, expect, it } from 'vitest';
import { judgeSignature, type SignedPath } from '../../../src/emulator/websocket-signature.ts';
import {
  emptyPayloadHash,
  presignedSignature,
  type SigningTerms,
} from '../../../src/protocol/sigv4.ts';

it('agrees with the presigned URL of the S3 guide', () => {
  const query = new URLSearchParams(
    'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host',
  );
  const headers = { host: 'examplebucket.s3.amazonaws.com' };

  const signature = presignedSignature(
    { method: 'GET', path: '/test.txt', query, headers },
    {
      secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      date: '20130524T000000Z',
      region: 'us-east-1',
      service: 's3',
      signedHeaders: 'host',
      payloadHash: 'UNSIGNED-PAYLOAD',
      unsignedMembers: [],
    },
  );

  expect(signature).toBe('aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
});

const now = Date.UTC(2026, 10, 20, 21, 40, 3);
const date = '20261120T214003Z';
const signers = { keys: { AKIDEXAMPLE: 'secret' }, region: 'us-east-1' };

interface Flaws {
  readonly id?: string;
  readonly secret?: string;
  readonly service?: string;
  readonly region?: string;
  readonly date?: string;
  readonly day?: string;
  readonly expires?: string | null;
  readonly signedHost?: string;
  readonly signedPath?: string;
  readonly signedHeaders?: string;
}

/** What a client presigns for `wss://localhost:4566/mqtt`. */
function presigned(flaws: Flaws = {}): SignedPath {
  const {
    id = 'AKIDEXAMPLE',
    service = 'iotdevicegateway',
    expires = '300',
    region = 'us-east-1',
    signedHeaders = 'host',
  } = flaws;
  const day = flaws.day ?? (flaws.date ?? date).slice(0, 8);
  const query = new URLSearchParams([
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${id}/${day}/${region}/${service}/aws4_request`],
    ['X-Amz-Date', flaws.date ?? date],
    ...(expires === null ? [] : [['X-Amz-Expires', expires]]),
    ['X-Amz-SignedHeaders', signedHeaders],
  ] as [string, string][]);
  const terms: SigningTerms = {
    secret: flaws.secret ?? 'secret',
    date: flaws.date ?? date,
    region,
    service,
    signedHeaders,
    payloadHash: emptyPayloadHash,
    unsignedMembers: [],
  };
  const { signedHost = 'localhost:4566', signedPath = '/mqtt' } = flaws;
  const headers = { connection: 'Upgrade', host: signedHost };
  const signature = presignedSignature({ method: 'GET', path: signedPath, query, headers }, terms);
  query.set('X-Amz-Signature', signature);
  return { path: '/mqtt', query, host: 'localhost:4566', headers };
}

describe('a WebSocket URL', () => {
  it.each<[string, Flaws]>([
    ['signed for this host and port', {}],
    ['signed for the host without the port', { signedHost: 'localhost' }],
    ['signed at the last moment', { date: '20261120T213503Z' }],
    ['signed without an expiry', { expires: null }],
    ['signed with another header', { signedHeaders: 'connection;host' }],
  ])('%s is good', (_, flaws) => {
    expect(judgeSignature(presigned(flaws), signers, now)).toEqual({
      ok: true,
      accessKeyId: 'AKIDEXAMPLE',
    });
  });

  it('is good with a token that was appended after signing', () => {
    const signed = presigned();
    signed.query.append('X-Amz-Security-Token', 'token/+=');

    expect(judgeSignature(signed, signers, now).ok).toBe(true);
  });

  it.each<[string, Flaws, RegExp]>([
    ['an unknown key', { id: 'AKIDOTHER' }, /AKIDOTHER is not known/],
    ['a key that every object has', { id: 'constructor' }, /constructor is not known/],
    ['another secret', { secret: 'guess' }, /does not match/],
    ['another service', { service: 'iot' }, /signed for iot,/],
    ['another region', { region: 'eu-west-1' }, /signed for region eu-west-1, not us-east-1/],
    ['another path', { signedPath: '/other' }, /does not match/],
    ['another host', { signedHost: 'example.test' }, /does not match/],
    ['a passed expiry', { date: '20261120T213502Z' }, /expired/],
    ['a future date', { date: '20261120T215504Z' }, /later time/],
    ['a date of another day', { day: '20261119' }, /X-Amz-Date/],
    ['an impossible date', { date: '20261399T000000Z' }, /X-Amz-Date/],
    ['a signature without the host', { signedHeaders: 'connection' }, /must name host/],
    ['an endless expiry', { expires: '604801' }, /X-Amz-Expires/],
    ['a negative expiry', { expires: '-1' }, /X-Amz-Expires/],
  ])('with %s is refused', (_, flaws, why) => {
    expect(judgeSignature(presigned(flaws), signers, now)).toEqual({
      ok: false,
      flaw: expect.stringMatching(why),
    });
  });

  it('that was altered after signing is refused', () => {
    const signed = presigned();
    signed.query.append('x', 'y');

    expect(judgeSignature(signed, signers, now).ok).toBe(false);
  });

  it('without a signature is refused', () => {
    const unsigned = { path: '/mqtt', query: new URLSearchParams(), host: 'localhost' };

    expect(judgeSignature(unsigned, signers, now)).toEqual({
      ok: false,
      flaw: 'the URL carries no SigV4 signature',
    });
  });
});
