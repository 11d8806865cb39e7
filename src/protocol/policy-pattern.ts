/**
 * Text with `*`, `?` and `${variable}`, as policies have it (reference §9.3). MQTT's own wildcards are
 * ordinary characters here.
 */
export type Pattern = readonly PatternPart[];

type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'many' | 'one' };

/** What a variable stands for; undefined when it has no value here. */
export type Resolve = (name: string) => string | undefined;

/** How IAM writes its special characters where they mean themselves. */
const escapes: ReadonlySet<string> = new Set(['*', '?', '$']);
const marks = /\$\{([^}]*)\}|\*|\?/g;

/** `hasWildcards` is false where `*` and `?` are ordinary characters too. */
export function parsePattern(source: string, hasWildcards = true): Pattern {
  const parts: PatternPart[] = [];
  let end = 0;
  for (const match of source.matchAll(marks)) {
    const [mark, name] = match;
    if (name === undefined && !hasWildcards) continue;
    if (match.index > end) parts.push({ kind: 'text', text: source.slice(end, match.index) });
    end = match.index + mark.length;
    if (name === undefined) parts.push({ kind: mark === '*' ? 'many' : 'one' });
    else if (escapes.has(name)) parts.push({ kind: 'text', text: name });
    else parts.push({ kind: 'variable', name });
  }
  if (end < source.length) parts.push({ kind: 'text', text: source.slice(end) });
  return parts;
}

/** A variable without a value matches nothing; the characters of a value mean themselves. */
export function matchesPattern(pattern: Pattern, text: string, resolve: Resolve): boolean {
  const parts: Fixed[] = [];
  for (const part of pattern) {
    if (part.kind !== 'variable') {
      parts.push(part);
      continue;
    }
    const value = resolve(part.name);
    if (value === undefined) return false;
    parts.push({ kind: 'text', text: value });
  }
  return matchesFixed(parts, text);
}

type Fixed = Exclude<PatternPart, { readonly kind: 'variable' }>;

/** Falls back to the last `*` only, so hostile patterns cost no more than their length times the text's. */
function matchesFixed(parts: readonly Fixed[], text: string): boolean {
  let at = 0;
  let index = 0;
  let starIndex = -1;
  let starAt = 0;
  while (index < parts.length || at < text.length) {
    const part = parts[index];
    if (part?.kind === 'many') {
      starIndex = index++;
      starAt = at;
      continue;
    }
    const length = part === undefined ? -1 : lengthAt(part, text, at);
    if (length >= 0) {
      at += length;
      index++;
    } else {
      if (starIndex < 0 || starAt >= text.length) return false;
      at = ++starAt;
      index = starIndex + 1;
    }
  }
  return true;
}

/** How much of the text a part takes there; -1 when it does not fit. */
function lengthAt(part: Fixed, text: string, at: number): number {
  if (part.kind === 'text') return text.startsWith(part.text, at) ? part.text.length : -1;
  return at < text.length ? 1 : -1;
}
