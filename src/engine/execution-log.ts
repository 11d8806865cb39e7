import type { ExecutionStatus } from '../protocol/status.ts';
import { type ExecutionCounts, noExecutions } from './execution-counts.ts';
import { firstIndex } from './sorted-records.ts';
import type { Execution } from './state.ts';

/** A job's executions in the order they were created, readable from any place in it. */
export interface ExecutionLog {
  readonly size: number;
  /**
   * Those created after the one whose `order` is given; -1 for all. With statuses only those that have
   * one of them, without a look at most of the others.
   */
  after(order: number, statuses?: readonly ExecutionStatus[]): Iterable<Execution>;
}

const blockLengthMax = 256;

/** A stretch of a log, that knows how many of its executions have which status. */
export class LogBlock<T extends Execution> {
  readonly entries: T[] = [];
  readonly counts: ExecutionCounts = noExecutions();

  /** The status of one of its executions was another until now. */
  changed(execution: T, before: ExecutionStatus): void {
    this.counts[before] -= 1;
    this.counts[execution.status] += 1;
  }

  hasSome(statuses: readonly ExecutionStatus[] | undefined): boolean {
    return statuses?.some((status) => this.counts[status] > 0) !== false;
  }
}

/** Appending and removing cost the same however long the log is. */
export class MutableExecutionLog<T extends Execution> implements ExecutionLog {
  /** None is empty. */
  readonly #blocks: LogBlock<T>[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The block is to be told when the status of the execution changes. */
  append(execution: T): LogBlock<T> {
    let block = this.#blocks.at(-1);
    if (block === undefined || block.entries.length === blockLengthMax) {
      block = new LogBlock();
      this.#blocks.push(block);
    }
    block.entries.push(execution);
    block.counts[execution.status] += 1;
    this.#size += 1;
    return block;
  }

  remove(execution: T): void {
    const { order, status } = execution;
    const place = this.#blockAfter(order - 1);
    const block = this.#blocks[place];
    const index = block?.entries.indexOf(execution) ?? -1;
    if (block === undefined || index < 0) return;
    block.entries.splice(index, 1);
    block.counts[status] -= 1;
    this.#size -= 1;
    if (block.entries.length === 0) this.#blocks.splice(place, 1);
  }

  *after(order: number, statuses?: readonly ExecutionStatus[]): Generator<T> {
    for (let place = this.#blockAfter(order); place < this.#blocks.length; place++) {
      const block = this.#blocks[place];
      if (block?.hasSome(statuses) !== true) continue;
      for (const execution of block.entries) {
        if (execution.order <= order) continue;
        if (statuses?.includes(execution.status) !== false) yield execution;
      }
    }
  }

  /** The place of the first block with an execution created after `order`. */
  #blockAfter(order: number): number {
    return firstIndex(this.#blocks, ({ entries }) => (entries.at(-1)?.order ?? order) > order);
  }
}
