import type { RejectionCode } from '../protocol/rejections.ts';

export type OutcomeCode = 'OK' | RejectionCode;

/** How often each operation was asked for, by how it was answered. Feeds `/metrics`. */
export class RequestTally {
  readonly #counts = new Map<string, Map<OutcomeCode, number>>();

  count(operation: string, code: OutcomeCode): void {
    let codes = this.#counts.get(operation);
    if (codes === undefined) {
      codes = new Map();
      this.#counts.set(operation, codes);
    }
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }

  /** By operation, then by code. */
  read(): Record<string, Record<string, number>> {
    return Object.fromEntries(
      [...this.#counts].map(([operation, codes]) => [operation, Object.fromEntries(codes)]),
    );
  }
}
