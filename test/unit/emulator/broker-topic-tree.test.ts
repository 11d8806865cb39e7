import { describe, expect, it } from 'vitest';
import { matches, TopicTree } from '../../../src/emulator/topic-tree.ts';

const thing = '$aws/things/pump-1/jobs';

describe('matches', () => {
  it.each([
    ['a', 'a'],
    ['a/b', 'a/b'],
    ['+', 'a'],
    ['a/+', 'a/b'],
    ['a/+', 'a/'],
    ['+/+', '/'],
    ['#', 'a/b/c'],
    ['a/#', 'a/b'],
    ['a/#', 'a/'],
    ['a/+/c', 'a//c'],
    [`${thing}/+/update/accepted`, `${thing}/job-1/update/accepted`],
    ['$aws/things/+/jobs/#', `${thing}/notify`],
    ['$aws/#', `${thing}/notify`],
  ])('%s takes %s', (filter, topic) => {
    expect(matches(filter, topic)).toBe(true);
  });

  it.each([
    ['a', 'b'],
    ['a', 'a/b'],
    ['a/b', 'a'],
    ['a', 'ab'],
    ['ab', 'a'],
    ['+', 'a/b'],
    ['a/+', 'a'],
    ['a/#', 'a'],
    ['#', '$aws/events/x'],
    ['+/events/x', '$aws/events/x'],
    [`${thing}/+/update`, `${thing}/update`],
  ])('%s does not take %s', (filter, topic) => {
    expect(matches(filter, topic)).toBe(false);
  });
});

describe('TopicTree', () => {
  it('finds a thing’s own routes beside wildcards over all things', () => {
    const tree = new TopicTree();
    const notify = { filter: `${thing}/notify` };
    const all = { filter: '$aws/things/+/jobs/#' };
    const other = { filter: '$aws/things/pump-2/jobs/notify' };
    for (const route of [notify, all, other]) tree.add(route);

    expect(tree.match(`${thing}/notify`)).toEqual([notify, all]);
    expect(tree.hasMatch(`${thing}/notify`)).toBe(true);
    expect(tree.hasMatch(`${thing}/get`)).toBe(true);
    tree.remove(all);
    expect(tree.hasMatch(`${thing}/notify`)).toBe(true);
    expect(tree.hasMatch(`${thing}/get`)).toBe(false);
  });

  it('removes the very route, not its equal', () => {
    const tree = new TopicTree();
    const [first, second] = [{ filter: 'a/+' }, { filter: 'a/+' }];
    tree.add(first);
    tree.add(second);

    tree.remove(first);

    expect(tree.match('a/b')).toEqual([second]);
    expect(tree.match('a/b')[0]).toBe(second);
  });

  it('ignores the removal of what is not there', () => {
    const tree = new TopicTree();
    tree.add({ filter: 'a/b' });
    tree.add({ filter: `${thing}/get` });

    tree.remove({ filter: 'a/b' });
    tree.remove({ filter: 'x/y/z' });
    tree.remove({ filter: `${thing}/get` });
    tree.remove({ filter: '$aws/things/pump-9/jobs/get' });

    expect(tree.match('a/b')).toHaveLength(1);
    expect(tree.match(`${thing}/get`)).toHaveLength(1);
  });
});
