import { expect, it } from 'vitest';
import { openToken, pagingOf, sealToken } from '../../../src/emulator/page-token.ts';
import { controlPlane } from '../../../src/protocol/service-model.ts';

const paging = pagingOf(controlPlane, 'ListJobsRequest');
const list = { operation: 'ListJobs', input: { status: 'COMPLETED' }, paging };

it.each(['a', '1735689600250.5/fw-1', 'group/thing:1', ''])('keeps the cursor %j', (cursor) => {
  const token = sealToken(list, cursor);

  expect(token).toMatch(/^[\w-]+$/);
  expect(openToken(list, token)).toEqual({ ok: true, value: cursor });
});

it('holds for another page of the same list, whatever its size', () => {
  const token = sealToken({ ...list, input: { ...list.input, maxResults: 10 } }, 'a');
  const next = { ...list, input: { ...list.input, maxResults: 20, nextToken: token } };

  expect(openToken(next, token)).toEqual({ ok: true, value: 'a' });
});

const token = sealToken(list, 'job-1');

it.each([
  ['another operation', { ...list, operation: 'ListThings' }, token],
  ['another filter', { ...list, input: { status: 'CANCELED' } }, token],
  ['no filter', { ...list, input: {} }, token],
  ['an altered cursor', list, `${token.slice(0, -2)}AA`],
  ['padding', list, `${token}=`],
  ['nonsense', list, 'nonsense'],
  ['nothing', list, ''],
])('is refused for %s', (_, other, text) => {
  expect(openToken(other, text)).toMatchObject({
    ok: false,
    rejection: { code: 'InvalidRequest' },
  });
});

it('older lists have markers in plain base64, whatever their page size', () => {
  const markers = pagingOf(controlPlane, 'ListCertificatesRequest');
  const older = { operation: 'ListCertificates', input: { pageSize: 2 }, paging: markers };

  const marker = sealToken(older, '?>?>?>');

  expect(marker).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
  const next = { ...older, input: { pageSize: 3, marker } };
  expect(openToken(next, marker)).toEqual({ ok: true, value: '?>?>?>' });
  expect(openToken(older, sealToken(list, '?>?>?>'))).toMatchObject({
    rejection: { message: 'The marker is not one of this list.' },
  });
});
