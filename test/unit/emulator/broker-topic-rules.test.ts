import { describe, expect, it } from 'vitest';
import { isFilter, parseShared, sizeFlaw, topicFlaw } from '../../../src/emulator/topic-rules.ts';

const slashes = (count: number) => Array.from({ length: count + 1 }, () => 'x').join('/');

describe('topic rules', () => {
  it.each([
    'a',
    slashes(7),
    'x'.repeat(256),
    'é'.repeat(128),
    `$aws/rules/my-rule/${slashes(7)}`,
    '$aws/things/T/jobs/J/namespace-n/update/accepted',
  ])('takes the topic %s', (topic) => {
    expect(topicFlaw(topic)).toBeUndefined();
  });

  it.each([
    ['', 'empty'],
    ['a/+', 'wildcard'],
    ['a/#', 'wildcard'],
    ['a\0', 'null'],
    [slashes(8), '7 slashes'],
    [`$aws/rules/my-rule/${slashes(8)}`, '7 slashes'],
    ['x'.repeat(257), '256 bytes'],
    ['é'.repeat(129), '256 bytes'],
  ])('refuses the topic %s', (topic, flaw) => {
    expect(topicFlaw(topic)).toContain(flaw);
  });

  it.each(['a', '+', '#', '/', 'a/+/b', 'a/#', '+/#', '$share/g/a', '$share/g/#', '$shared'])(
    'takes the filter %s',
    (filter) => {
      expect(isFilter(filter)).toBe(true);
    },
  );

  it.each([
    '',
    'a+',
    'a/b#',
    '#/a',
    'a/#/b',
    'a\0',
    '$share/g',
    '$share/g/',
    '$share//a',
    '$share/+/a',
    '$share/g/#/a',
  ])('refuses the filter %s', (filter) => {
    expect(isFilter(filter)).toBe(false);
  });

  it('does not count the share prefix', () => {
    expect(sizeFlaw(`$share/group/${slashes(7)}`)).toBeUndefined();
    expect(sizeFlaw(`$share/group/${slashes(8)}`)).toContain('7 slashes');
  });

  it('takes a shared filter apart', () => {
    expect(parseShared('$share/g/a/b')).toEqual({ group: 'g', filter: 'a/b' });
    expect(parseShared('a/b')).toBeUndefined();
  });
});
