import { BucketTally } from '../metrics/classic-histogram.ts';
import type { ClassicHistogram } from '../metrics/metric-table.ts';
import { deviceRejectionCodes, type RejectionCode } from '../protocol/rejections.ts';

export type OutcomeCode = 'OK' | RejectionCode;

/** In seconds; most requests are answered in well under a millisecond. */
export const answerBounds: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
];

/** What devices ask for, over MQTT and HTTP alike: counted from the start, at 0. */
const deviceOperations = ['get', 'describe', 'start-next', 'update'] as const;

class OperationTally {
  readonly codes = new Map<OutcomeCode, number>();
  readonly durations = new BucketTally(answerBounds);
}

/** How often each operation was asked for, by how it was answered, and how long that took. Feeds `/metrics`. */
export class RequestTally {
  readonly #operations = new Map<string, OperationTally>();

  constructor() {
    for (const operation of deviceOperations) {
      const { codes } = this.#at(operation);
      for (const code of ['OK', ...deviceRejectionCodes] as const) codes.set(code, 0);
    }
  }

  count(operation: string, code: OutcomeCode): void {
    const { codes } = this.#at(operation);
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }

  /** Wall milliseconds from a request until it was dealt with, what it set off included. */
  time(operation: string, tookMs: number): void {
    this.#at(operation).durations.add(tookMs / 1000);
  }

  /** By operation, then by code. */
  read(): Record<string, Record<string, number>> {
    return this.#each(({ codes }) => Object.fromEntries(codes));
  }

  /** By operation. */
  durations(): Record<string, ClassicHistogram> {
    return this.#each(({ durations }) => durations.read());
  }

  #at(operation: string): OperationTally {
    let tally = this.#operations.get(operation);
    if (tally === undefined) {
      tally = new OperationTally();
      this.#operations.set(operation, tally);
    }
    return tally;
  }

  #each<V>(read: (tally: OperationTally) => V): Record<string, V> {
    return Object.fromEntries(
      [...this.#operations].map(([operation, tally]) => [operation, read(tally)]),
    );
  }
}
