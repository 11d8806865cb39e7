/** The candidate a mistyped word was most likely meant to be; undefined when none is near. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const most = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = distanceTo(word.toLowerCase(), candidate.toLowerCase());
    if (distance > most) continue;
    const isBetter =
      best === undefined ||
      distance < best.distance ||
      (distance === best.distance && isLeftIn(word, candidate) && !isLeftIn(word, best.candidate));
    if (isBetter) best = { candidate, distance };
  }
  return best?.candidate;
}

/** What to say beside a word nobody knows: the near miss, or else the choices. */
export function suggestion(word: string, candidates: readonly string[]): string | undefined {
  const near = closest(word, candidates);
  if (near !== undefined) return `did you mean "${near}"?`;
  return candidates.length === 0 ? undefined : `possible here: ${candidates.join(', ')}`;
}

/** Whether letters were left out and none was mistaken: the likelier slip of two as near. */
function isLeftIn(word: string, candidate: string): boolean {
  let at = 0;
  for (const letter of candidate.toLowerCase()) {
    if (letter === word[at]?.toLowerCase()) at++;
  }
  return at === word.length;
}

/** A word that was cut short is as near as one with a single slip. */
function distanceTo(word: string, candidate: string): number {
  return word.length >= 3 && candidate.startsWith(word) ? 1 : editDistance(word, candidate);
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
