import { describe, expect, it } from 'vitest';
import { matchesQuery, type QuerySubject } from '../../../src/engine/group-query.ts';
import { parseGroupQuery } from '../../../src/engine/group-query-parser.ts';

const pump: QuerySubject = {
  thingName: 'pump-07',
  thingTypeName: 'pump',
  attributes: { site: 'north', fw: '1.4', 'a:b': '[x]=1', path: 'a/b' },
  isConnected: true,
  staticGroupNames: ['pumps', 'hall-3'],
};

function finds(queryString: string, subject: Partial<QuerySubject> = {}): boolean {
  const query = parseGroupQuery(queryString);
  if (!query.ok) throw new Error(query.rejection.message);
  return matchesQuery(query.value, { ...pump, ...subject });
}

describe('a term', () => {
  it.each([
    ['*', true],
    ['thingName:pump-07', true],
    ['thingName:pump-0', false],
    ['thingName:pump-*', true],
    ['thingName:*07', true],
    ['thingName:p*-*7', true],
    ['thingName:pump-??', true],
    ['thingName:pump-?', false],
    ['thingName:*x*', false],
    ['thingName:Pump-07', false],
    ['thingTypeName:pump', true],
    ['thingTypeName:valve', false],
    ['thingGroupNames:hall-*', true],
    ['thingGroupNames:hall-4', false],
    ['attributes.site:north', true],
    ['attributes.site:south', false],
    ['attributes.fw:1.?', true],
    ['attributes.path:a/b', true],
    ['attributes.missing:*', false],
    ['attributes.toString:*', false],
    ['connectivity.connected:true', true],
    ['connectivity.connected:false', false],
    ['attributes.a\\:b:"[x]=1"', true],
    ['attributes.a\\:b:\\[x\\]=1', true],
    ['thingName:"pump-*"', false],
    ['thingName:pump\\-07', true],
  ])('%s: %s', (query, isFound) => {
    expect(finds(query)).toBe(isFound);
  });

  it('for a type does not find what has none', () => {
    expect(finds('thingTypeName:*', { thingTypeName: undefined })).toBe(false);
  });

  it('with many wildcards is decided at once', () => {
    const thingName = 'a'.repeat(128);

    expect(finds(`thingName:${'a*'.repeat(60)}b`, { thingName })).toBe(false);
  });
});

describe('terms together', () => {
  it.each([
    ['attributes.site:north AND thingTypeName:pump', true],
    ['attributes.site:north AND thingTypeName:valve', false],
    ['attributes.site:south OR thingTypeName:pump', true],
    ['NOT attributes.site:south', true],
    ['NOT NOT attributes.site:north', true],
    // AND binds tighter than OR, NOT tighter than AND.
    ['* OR thingName:x AND thingName:y', true],
    ['(* OR thingName:x) AND thingName:y', false],
    ['NOT thingName:x AND thingName:y', false],
    ['NOT (thingName:x AND thingName:y)', true],
    ['((attributes.site:north))', true],
    ['  thingName:pump-07   AND\t*  ', true],
  ])('%s: %s', (query, isFound) => {
    expect(finds(query)).toBe(isFound);
  });
});

describe('a query outside the subset', () => {
  it.each([
    [' ', 'A term is missing.'],
    ['pump', "'pump' is no term: write <field>:<value>, or * for every thing."],
    ['pump*', "'pump*' is no term: write <field>:<value>, or * for every thing."],
    ['"*"', "'*' is no term: write <field>:<value>, or * for every thing."],
    ['thingName:', 'thingName has no value.'],
    ['thingName:a thingName:b', 'Terms must be joined by AND or OR.'],
    ['thingName:a and thingName:b', 'Terms must be joined by AND or OR.'],
    ['thingName:a AND', 'A term is missing.'],
    ['OR thingName:a', "'OR' is no term: write <field>:<value>, or * for every thing."],
    ['NOT', 'A term is missing.'],
    ['(thingName:a', 'A parenthesis is not closed.'],
    ['thingName:a)', 'Terms must be joined by AND or OR.'],
    ['()', 'A closing parenthesis has no opening one.'],
    ['thingName:"a', 'A quotation is not closed.'],
    ['thingId:a', 'thingId is not a field that can be queried.'],
    ['attributes.:a', 'attributes. is not a field that can be queried.'],
    ['shadow.reported.x:1', 'shadow.reported.x is not a field that can be queried.'],
    ['-thingName:a', '-thingName is not a field that can be queried.'],
    ['attributes.n:[1 TO 5]', 'Ranges and comparisons of attributes.n are not modelled.'],
    ['attributes.n:>5', 'Ranges and comparisons of attributes.n are not modelled.'],
    ['thingName:a:b', "Put a backslash before ':' in the value of thingName."],
    ['thingName:a~1', "Put a backslash before '~' in the value of thingName."],
    ['connectivity.connected:yes', 'connectivity.connected is true or false.'],
    [Array(6).fill('thingName:a').join(' OR '), 'A query has at most 5 terms.'],
    [`${'('.repeat(33)}*${')'.repeat(33)}`, 'Terms nest at most 32 deep.'],
    [`${'NOT '.repeat(40_000)}*`, 'Terms nest at most 32 deep.'],
  ])('%.60s', (queryString, message) => {
    expect(parseGroupQuery(queryString)).toEqual({
      ok: false,
      rejection: { code: 'InvalidQuery', message },
    });
  });

  it('five terms are not too many', () => {
    expect(finds(Array(5).fill('thingName:*').join(' AND '))).toBe(true);
  });
});
