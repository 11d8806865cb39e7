import { expect, it } from 'vitest';
import { openToken, sealToken } from '../../../src/emulator/page-token.ts';

const list = { operation: 'ListJobs', input: { status: 'COMPLETED' } };

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
