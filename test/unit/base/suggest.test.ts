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

it('of two as near, takes the one in which a letter was left out over the one with another letter', () => {
  expect(closest('sed', ['set', 'seed'])).toBe('seed');
  expect(closest('sed', ['seed', 'set'])).toBe('seed');
});

it('lists the choices when none is near', () => {
  expect(suggestion('nothing', words)).toBe('possible here: work, reason, reboot, succeed');
  expect(suggestion('nothing', [])).toBeUndefined();
});
