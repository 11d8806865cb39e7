import { expect, it } from 'vitest';
import { closest, suggestion } from '../../../src/base/suggest.ts';

const words = ['work', 'reason', 'reboot', 'succeed'];

it.each([
  ['wrk', 'work'],
  ['owrk', 'work'],
  ['WORK', 'work'],
  ['works', 'work'],
  ['reasn', 'reason'],
  ['succ', 'succeed'],
  ['nothing', undefined],
  ['', undefined],
])('takes "%s" for %s', (word, meant) => {
  expect(closest(word, words)).toBe(meant);
});

it('lists the choices when none is near', () => {
  expect(suggestion('nothing', words)).toBe('possible here: work, reason, reboot, succeed');
  expect(suggestion('nothing', [])).toBeUndefined();
});
