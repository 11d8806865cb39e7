import type { FieldDifference } from './payload-difference.ts';

/** One side of a divergence: what was recorded there. */
export interface Side {
  /** Simulated milliseconds from the run's zero. */
  readonly t: number;
  /** `out fw/update`, `CANCELED`. */
  readonly title: string;
  readonly payload: unknown;
}

/** A place at which two recordings part. A side that has nothing there is undefined. */
export interface Divergence {
  /** Of the earlier side. */
  readonly t: number;
  readonly job?: string;
  readonly thing?: string;
  /** What sort it is; divergences of one kind are counted together. */
  readonly kind: string;
  /** Empty where whole messages differ. */
  readonly fields: readonly FieldDifference[];
  readonly a: Side | undefined;
  readonly b: Side | undefined;
}

export function divergenceOf(
  subject: Pick<Divergence, 'job' | 'thing'>,
  kind: string,
  a: Side | undefined,
  b: Side | undefined,
  fields: readonly FieldDifference[] = [],
): Divergence {
  const t = Math.min(a?.t ?? Number.POSITIVE_INFINITY, b?.t ?? Number.POSITIVE_INFINITY);
  return { t, ...subject, kind, fields, a, b };
}

/** Names a difference of fields: `versionNumber`, `code InvalidTopic ≠ ResourceNotFound`, `x only in a`. */
export function tellField({ path, a, b }: FieldDifference): string {
  if (b === undefined) return `${path} only in a`;
  if (a === undefined) return `${path} only in b`;
  const isTelling = [a, b].every((value) => typeof value === 'string' && value.length <= 40);
  return isTelling ? `${path} ${a} ≠ ${b}` : path;
}
