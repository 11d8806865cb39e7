import { expect, it } from 'vitest';
import { cutToWidth, printable, textWidth } from '../../../src/base/text-width.ts';

it.each([
  ['', 0],
  ['rollout', 7],
  ['naïve', 5],
  ['e\u0301', 1],
  ['固件', 4],
  ['カタ', 4],
  ['한글', 4],
  ['🚀', 2],
  ['👩‍🔧', 2],
  ['⚠\ufe0f', 2],
  ['█░·✓', 4],
])('%j takes %i columns', (text, columns) => {
  expect(textWidth(text)).toBe(columns);
});

it.each([
  ['rollout', 7, 'rollout'],
  ['rollout', 6, 'rollo…'],
  ['rollout', 1, '…'],
  ['rollout', 0, ''],
  ['rollout', -3, ''],
  ['固件升级', 5, '固件…'],
  ['固件升级', 4, '固…'],
])('%j cut to %i columns is %j', (text, columns, cut) => {
  expect(cutToWidth(text, columns, '…')).toBe(cut);
});

it('no text of others steers the terminal', () => {
  expect(printable('a\u001b[2J\r\nb\u009b1mc')).toBe('a [2J b 1mc');
});
