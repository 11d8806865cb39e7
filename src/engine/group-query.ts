/**
 * The subset of the fleet-index query language that dynamic groups may use (reference §7.5):
 * `attributes.<key>:<value>`, `thingName:`, `thingTypeName:` and `thingGroupNames:<value>`,
 * `connectivity.connected:true|false` and `*`, joined by AND, OR, NOT and parentheses. Values may hold
 * the wildcards `*` and `?`; in quotes, or behind a backslash, every character stands for itself.
 */
export type GroupQuery =
  | { readonly type: 'everything' }
  | { readonly type: 'matches'; readonly field: QueryField; readonly glob: Glob }
  | { readonly type: 'connected'; readonly isConnected: boolean }
  | { readonly type: 'not'; readonly of: GroupQuery }
  | { readonly type: 'and' | 'or'; readonly of: readonly GroupQuery[] };

export type QueryField =
  | { readonly name: 'thingName' | 'thingTypeName' | 'thingGroupNames' }
  | { readonly name: 'attribute'; readonly key: string };

/** What a query looks at. */
export interface QuerySubject {
  readonly thingName: string;
  readonly thingTypeName: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly isConnected: boolean;
  /** Static groups it was put into itself. A query does not see dynamic groups, so none feeds another. */
  readonly staticGroupNames: readonly string[];
}

/** Character codes, and the two wildcards. */
export type Glob = readonly number[];
export const anyText = -1;
export const anyCharacter = -2;

export function matchesQuery(query: GroupQuery, subject: QuerySubject): boolean {
  switch (query.type) {
    case 'everything':
      return true;
    case 'matches':
      return valuesOf(query.field, subject).some((value) => matchesGlob(query.glob, value));
    case 'connected':
      return subject.isConnected === query.isConnected;
    case 'not':
      return !matchesQuery(query.of, subject);
    case 'and':
      return query.of.every((part) => matchesQuery(part, subject));
    case 'or':
      return query.of.some((part) => matchesQuery(part, subject));
  }
}

function valuesOf(field: QueryField, subject: QuerySubject): readonly string[] {
  switch (field.name) {
    case 'thingName':
      return [subject.thingName];
    case 'thingTypeName':
      return subject.thingTypeName === undefined ? [] : [subject.thingTypeName];
    case 'thingGroupNames':
      return subject.staticGroupNames;
    case 'attribute': {
      const { attributes } = subject;
      const value = Object.hasOwn(attributes, field.key) ? attributes[field.key] : undefined;
      return value === undefined ? [] : [value];
    }
  }
}

/** In time linear in the text for each `*`: only the latest one is ever tried again. */
function matchesGlob(glob: Glob, text: string): boolean {
  let place = 0;
  let star = -1;
  let starAt = 0;
  let index = 0;
  while (index < text.length) {
    const wanted = glob[place];
    if (wanted === anyText) {
      star = place++;
      starAt = index;
    } else if (wanted === anyCharacter || wanted === text.charCodeAt(index)) {
      place++;
      index++;
    } else if (star >= 0) {
      place = star + 1;
      index = ++starAt;
    } else {
      return false;
    }
  }
  while (glob[place] === anyText) place++;
  return place === glob.length;
}
