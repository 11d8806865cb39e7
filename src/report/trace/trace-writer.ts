import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { tellFileProblem } from '../../base/file-problem.ts';
import type { TraceLine } from './trace-line.ts';

/** Characters that may wait for the disk: a run never stops for its recording. */
const waitingMax = 64 * 1024 * 1024;

/**
 * Writes a trace as it comes, in bounded memory. A disk that is full or too slow leaves a gap, never a
 * failed run: what follows is not written, and `gap` says why.
 */
export class TraceWriter {
  readonly #gzip: Gzip = createGzip();
  readonly #isWritten: Promise<void>;
  readonly #waitingMax: number;
  #gap: string | undefined;
  #isClosed = false;

  constructor(path: string, bound: number = waitingMax) {
    this.#waitingMax = bound;
    const file = createWriteStream(path);
    this.#gzip.pipe(file);
    this.#isWritten = finished(file).catch((error: unknown) => {
      this.#gap ??= `it could not be written: ${tellFileProblem(error)}`;
    });
  }

  get gap(): string | undefined {
    return this.#gap;
  }

  write(line: TraceLine): void {
    if (this.#isClosed || this.#gap !== undefined) return;
    if (this.#gzip.writableLength > this.#waitingMax) {
      this.#gap = 'the disk was too slow for it';
      return;
    }
    this.#gzip.write(`${JSON.stringify(line)}\n`);
  }

  /** Resolves when all is on disk. The last line is written whatever came before. */
  async close(last?: TraceLine): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#gzip.end(last === undefined ? undefined : `${JSON.stringify(last)}\n`);
    }
    await this.#isWritten;
  }
}
