import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import {
  anyCharacter,
  anyText,
  type Glob,
  type GroupQuery,
  type QueryField,
} from './group-query.ts';

/** Reference §7.5. */
const termsMax = 5;
const nestingMax = 32;

/** NOT binds tighter than AND, AND tighter than OR. What the subset does not know is InvalidQuery. */
export function parseGroupQuery(text: string): Reply<GroupQuery> {
  const parser = new Parser(text);
  const query = parser.parse();
  return parser.fault === undefined ? accepted(query) : rejected('InvalidQuery', parser.fault);
}

/** A parenthesis, or a word as its characters, each with whether it was escaped or quoted. */
type Token = '(' | ')' | readonly Glyph[];

interface Glyph {
  readonly character: string;
  readonly isLiteral: boolean;
}

/** Recursive descent. After the first fault it sees no more tokens, so every loop ends. */
class Parser {
  fault: string | undefined;
  readonly #tokens: Token[];
  #terms = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = this.#tokenize(text);
    this.#tokens.reverse();
  }

  parse(): GroupQuery {
    const query = this.#alternatives();
    if (this.#tokens.length > 0) this.#fail('Terms must be joined by AND or OR.');
    return query;
  }

  #alternatives(): GroupQuery {
    const parts = [this.#conjunction()];
    while (this.#takeWord('OR')) parts.push(this.#conjunction());
    return joined('or', parts);
  }

  #conjunction(): GroupQuery {
    const parts = [this.#negation()];
    while (this.#takeWord('AND')) parts.push(this.#negation());
    return joined('and', parts);
  }

  #negation(): GroupQuery {
    if (!this.#takeWord('NOT')) return this.#primary();
    return { type: 'not', of: this.#nested(() => this.#negation()) };
  }

  #primary(): GroupQuery {
    const token = this.#tokens.pop();
    if (token === undefined) return this.#fail('A term is missing.');
    if (token === ')') return this.#fail('A closing parenthesis has no opening one.');
    if (token !== '(') return this.#term(token);
    const inner = this.#nested(() => this.#alternatives());
    return this.#tokens.pop() === ')' ? inner : this.#fail('A parenthesis is not closed.');
  }

  #nested(parse: () => GroupQuery): GroupQuery {
    if (++this.#depth > nestingMax) return this.#fail(`Terms nest at most ${nestingMax} deep.`);
    const query = parse();
    this.#depth--;
    return query;
  }

  #term(word: readonly Glyph[]): GroupQuery {
    if (++this.#terms > termsMax) return this.#fail(`A query has at most ${termsMax} terms.`);
    if (isBare(word, '*')) return { type: 'everything' };
    const colon = word.findIndex((glyph) => isBare([glyph], ':'));
    if (colon < 0) {
      return this.#fail(
        `'${textOf(word)}' is no term: write <field>:<value>, or * for every thing.`,
      );
    }
    return this.#fieldTerm(textOf(word.slice(0, colon)), word.slice(colon + 1));
  }

  #fieldTerm(name: string, value: readonly Glyph[]): GroupQuery {
    const odd = value.find(({ character, isLiteral }) => !isLiteral && !isPlain(character));
    if (odd !== undefined) {
      return this.#fail(`Put a backslash before '${odd.character}' in the value of ${name}.`);
    }
    if (value.length === 0) return this.#fail(`${name} has no value.`);
    if (isRange(value)) return this.#fail(`Ranges and comparisons of ${name} are not modelled.`);
    if (name === 'connectivity.connected') return this.#connected(textOf(value));
    const field = fieldNamed(name);
    if (field === undefined) return this.#fail(`${name} is not a field that can be queried.`);
    return { type: 'matches', field, glob: globOf(value) };
  }

  #connected(value: string): GroupQuery {
    if (value === 'true' || value === 'false') {
      return { type: 'connected', isConnected: value === 'true' };
    }
    return this.#fail('connectivity.connected is true or false.');
  }

  #takeWord(operator: string): boolean {
    const token = this.#tokens.at(-1);
    if (token === undefined || typeof token === 'string' || !isBare(token, operator)) return false;
    this.#tokens.pop();
    return true;
  }

  #fail(fault: string): GroupQuery {
    this.fault ??= fault;
    this.#tokens.length = 0;
    return { type: 'everything' };
  }

  #tokenize(text: string): Token[] {
    const tokens: Token[] = [];
    let word: Glyph[] = [];
    let isQuoted = false;
    const endWord = () => {
      if (word.length > 0) tokens.push(word);
      word = [];
    };
    for (let index = 0; index < text.length; index++) {
      const character = text.charAt(index);
      if (character === '\\' && index + 1 < text.length) {
        word.push({ character: text.charAt(++index), isLiteral: true });
      } else if (character === '"') {
        isQuoted = !isQuoted;
      } else if (isQuoted) {
        word.push({ character, isLiteral: true });
      } else if (/\s/.test(character)) {
        endWord();
      } else if (character === '(' || character === ')') {
        endWord();
        tokens.push(character);
      } else {
        word.push({ character, isLiteral: false });
      }
    }
    endWord();
    if (isQuoted) this.fault = 'A quotation is not closed.';
    return tokens;
  }
}

function joined(type: 'and' | 'or', parts: readonly GroupQuery[]): GroupQuery {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { type, of: parts };
}

function fieldNamed(name: string): QueryField | undefined {
  if (name === 'thingName' || name === 'thingTypeName' || name === 'thingGroupNames') {
    return { name };
  }
  const key = name.startsWith('attributes.') ? name.slice('attributes.'.length) : '';
  return key === '' ? undefined : { name: 'attribute', key };
}

function globOf(value: readonly Glyph[]): Glob {
  return value.map(({ character, isLiteral }) => {
    if (!isLiteral && character === '*') return anyText;
    return !isLiteral && character === '?' ? anyCharacter : character.charCodeAt(0);
  });
}

/** Whether the word is this text, none of it escaped or quoted. */
function isBare(word: readonly Glyph[], text: string): boolean {
  return textOf(word) === text && word.every(({ isLiteral }) => !isLiteral);
}

/** `[1 TO 5]`, `{1 TO 5}`, `>5`: the value comes as the word up to the first blank. */
function isRange([first]: readonly Glyph[]): boolean {
  return first !== undefined && !first.isLiteral && '[{<>'.includes(first.character);
}

/** What names and attribute values are made of, but for the colon, and the wildcards. */
function isPlain(character: string): boolean {
  return /^[a-zA-Z0-9_.,@/#=[\]{<>*?-]$/.test(character);
}

function textOf(word: readonly Glyph[]): string {
  return word.map(({ character }) => character).join('');
}
