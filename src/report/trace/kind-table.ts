import type { Divergence } from './divergence.ts';

/** Divergences of one sort. */
export interface KindRow {
  readonly kind: string;
  /** How many things or jobs show it. */
  readonly subjects: number;
  readonly occurrences: number;
  /** The first of them in simulated time. */
  readonly first: Divergence;
}

/** Kinds that are kept apart; what comes after them is counted together. */
const kindsMax = 200;
const others = 'others';

/** Counts divergences by kind; those of one thing must come together. */
export class KindTable {
  readonly #rows = new Map<string, KindRow & { readonly last: string }>();

  add(divergence: Divergence): void {
    const plain = kindOf(divergence);
    const kind = this.#rows.has(plain) || this.#rows.size < kindsMax ? plain : others;
    const subject = divergence.thing ?? `job ${divergence.job}`;
    const row = this.#rows.get(kind);
    if (row === undefined) {
      const once = { kind, subjects: 1, occurrences: 1, first: divergence, last: subject };
      this.#rows.set(kind, once);
      return;
    }
    this.#rows.set(kind, {
      kind,
      subjects: row.subjects + (row.last === subject ? 0 : 1),
      occurrences: row.occurrences + 1,
      first: divergence.t < row.first.t ? divergence : row.first,
      last: subject,
    });
  }

  /** Those that most things show first. */
  rows(): KindRow[] {
    return Array.from(this.#rows.values(), ({ last: _, ...row }) => row).sort(
      (a, b) => b.subjects - a.subjects || a.first.t - b.first.t,
    );
  }
}

function kindOf({ kind, job }: Divergence): string {
  return job === undefined ? kind : `job ${job}: ${kind}`;
}
