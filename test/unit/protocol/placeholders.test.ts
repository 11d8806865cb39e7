import { describe, expect, it } from 'vitest';
import { cutAtPlaceholders, findPlaceholderFault } from '../../../src/protocol/placeholders.ts';
import { parseS3Url } from '../../../src/protocol/s3-url.ts';

const url = 'https://s3.us-east-1.amazonaws.com/fleet/pump-1.4.bin';
const placeholder = (target = url) => `\${aws:iot:s3-presigned-url:${target}}`;

describe('the URL of an S3 object', () => {
  it.each([
    ['https://s3.amazonaws.com/fleet/a.bin', 'fleet', 'a.bin'],
    ['https://s3.eu-west-1.amazonaws.com/fleet/dir/a%20b.bin', 'fleet', 'dir/a b.bin'],
    ['https://s3-us-west-2.amazonaws.com/fleet/a.bin', 'fleet', 'a.bin'],
    ['https://s3.dualstack.us-east-1.amazonaws.com/fleet/a.bin', 'fleet', 'a.bin'],
    ['https://s3.cn-north-1.amazonaws.com.cn/fleet/a.bin', 'fleet', 'a.bin'],
    ['https://fleet.s3.amazonaws.com/a.bin', 'fleet', 'a.bin'],
    ['https://my.fleet.s3.us-east-1.amazonaws.com/dir/a.bin', 'my.fleet', 'dir/a.bin'],
  ])('%s', (text, bucket, key) => {
    expect(parseS3Url(text)).toEqual({ bucket, key });
  });

  it.each([
    'http://s3.amazonaws.com/fleet/a.bin',
    'https://s3.amazonaws.com/fleet',
    'https://s3.amazonaws.com/fleet/',
    'https://fleet.s3.amazonaws.com/',
    'https://s3.amazonaws.com.evil.org/fleet/a.bin',
    'https://example.org/fleet/a.bin',
    'https://s3.amazonaws.com/fleet/a.bin?versionId=1',
    'https://s3.amazonaws.com/fleet/%zz',
    's3://fleet/a.bin',
    'https://s3.amazonaws.com/fleet/..%2Fa.bin',
    'https://s3.amazonaws.com/fw/a.bin',
    '',
  ])('is not %s', (text) => {
    expect(parseS3Url(text)).toBeUndefined();
  });
});

it.each([
  ['none', '{"a":1}', ['{"a":1}'], []],
  ['one', `{"a":"${placeholder()}"}`, ['{"a":"', '"}'], [url]],
  [
    'two in one string and one in another',
    `{"a":"x${placeholder('u1')},${placeholder('u2')}y","b":["${placeholder('u3')}"]}`,
    ['{"a":"x', ',', 'y","b":["', '"]}'],
    ['u1', 'u2', 'u3'],
  ],
  [
    'unclosed',
    `{"a":"\${aws:iot:s3-presigned-url:u"}`,
    [`{"a":"\${aws:iot:s3-presigned-url:u"}`],
    [],
  ],
  ['other', `{"a":"\${aws:iot:other:u}"}`, [`{"a":"\${aws:iot:other:u}"}`], []],
])('cuts a text with %s', (_, text, pieces, urls) => {
  expect(cutAtPlaceholders(text)).toEqual({ pieces, urls });
});

describe('the fault of a document', () => {
  const config = { roleArn: 'arn:aws:iam::123456789012:role/jobs' };
  const many = (count: number) =>
    JSON.stringify(Array.from({ length: count }, () => placeholder()));

  it.each([
    ['no placeholder, no role', '{"a":1}', undefined, undefined],
    ['a placeholder and a role', many(1), config, undefined],
    ['ten', many(10), config, undefined],
    ['eleven', many(11), config, 'limit is 10'],
    ['no config', many(1), undefined, 'roleArn'],
    ['no role', many(1), { expiresInSec: 60 }, 'roleArn'],
    ['no object', JSON.stringify(placeholder('https://example.org/x')), config, 'example.org'],
    ['escaped slashes', many(1).replaceAll('/', '\\/'), undefined, 'roleArn'],
  ])('%s', (_, text, given, fault) => {
    const found = findPlaceholderFault(text, given);

    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });
});
