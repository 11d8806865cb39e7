import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matches, TopicTree } from '../../src/emulator/topic-tree.ts';

const level = fc.constantFrom('', 'a', 'b', '$aws', 'things', 'T', 'U', 'jobs', 'notify');
const levels = fc.oneof(
  fc.array(level, { minLength: 1, maxLength: 6 }),
  fc.array(level, { maxLength: 3 }).map((rest) => ['$aws', 'things', 'T', ...rest]),
);
const topic = levels.map((parts) => parts.join('/'));
const filter = fc
  .tuple(levels, fc.array(fc.nat(5), { maxLength: 2 }), fc.boolean())
  .map(([parts, wild, isOpen]) => {
    const single = parts.map((part, index) => (wild.includes(index) ? '+' : part));
    return (isOpen ? [...single.slice(0, -1), '#'] : single).join('/');
  });

/** MQTT's rules by the letter, AWS's two exceptions included; levels one by one. */
function naive(filterText: string, topicText: string): boolean {
  const [filters, topics] = [filterText.split('/'), topicText.split('/')];
  if (topicText.startsWith('$') && (filters[0] === '+' || filters[0] === '#')) return false;
  if (filters.at(-1) === '#') {
    const head = filters.slice(0, -1);
    return (
      topics.length > head.length &&
      head.every((wanted, index) => wanted === '+' || wanted === topics[index])
    );
  }
  return (
    filters.length === topics.length &&
    filters.every((wanted, index) => wanted === '+' || wanted === topics[index])
  );
}

it('one filter matches as the naive matcher says', () => {
  fc.assert(
    fc.property(filter, topic, (filterText, topicText) => {
      expect(matches(filterText, topicText)).toBe(naive(filterText, topicText));
    }),
    { numRuns: 5000 },
  );
});

it('the tree finds exactly the routes that match, whatever was removed before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(filter, fc.boolean()), { maxLength: 30 }),
      fc.array(topic, { minLength: 1, maxLength: 5 }),
      (entries, topics) => {
        const tree = new TopicTree();
        const routes = entries.map(([text, isKept]) => ({ filter: text, isKept }));
        for (const route of routes) tree.add(route);
        for (const route of routes) if (!route.isKept) tree.remove(route);

        for (const text of topics) {
          const expected = routes.filter((route) => route.isKept && naive(route.filter, text));
          expect(new Set(tree.match(text))).toEqual(new Set(expected));
          expect(tree.match(text)).toHaveLength(expected.length);
          expect(tree.hasMatch(text)).toBe(expected.length > 0);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
