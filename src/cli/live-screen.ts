import { createLogUpdate } from 'log-update';
import type { Cancel, Clock, Millis } from '../base/clock.ts';
import type { FrameOptions } from './frame-line.ts';
import type { Io } from './io.ts';

/** Looks come once a second; what goes on between them is only the time. */
const frameMs = 500;
/** Five frames a second at most, however much there is to show. */
const frameMsMin = 200;

type Lines = (options: FrameOptions) => readonly string[];

/**
 * Lines at the bottom of a terminal that are drawn anew again and again, with all that is said above
 * them. The cursor is hidden meanwhile, and shown again however the process ends.
 */
export class LiveScreen {
  readonly #io: Io;
  readonly #clock: Clock;
  readonly #lines: Lines;
  readonly #update: ReturnType<typeof createLogUpdate>;
  #linesDrawn = 0;
  #drawnAt: Millis = 0;
  #cancel: Cancel | undefined;

  constructor(io: Io, clock: Clock, lines: Lines) {
    this.#io = io;
    this.#clock = clock;
    this.#lines = lines;
    this.#update = createLogUpdate(io.screen);
  }

  /** Draws from now on, until it is closed. */
  open(): void {
    if (this.#cancel === undefined) this.#tick();
  }

  /** There is something new to show. */
  refresh(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    const at = Math.max(this.#drawnAt + frameMsMin, this.#clock.now());
    this.#cancel = this.#clock.schedule(at, () => this.#tick());
  }

  /** A line of its own, which stays. */
  say(text: string): void {
    this.#erase();
    this.#io.stderr(`${text}\n`);
    if (this.#cancel !== undefined) this.#draw();
  }

  /** Leaves nothing behind but what was said. */
  close(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#erase();
    this.#update.done();
  }

  #tick(): void {
    this.#draw();
    this.#cancel = this.#clock.schedule(this.#clock.now() + frameMs, () => this.#tick());
  }

  #draw(): void {
    const { screen, isUnicode, hasColor } = this.#io;
    // The last column stays free, for terminals that wrap as soon as it is written; and the line below the frame.
    const columns = Math.max(1, (screen.columns ?? 80) - 1);
    const rows = Math.max(1, (screen.rows ?? 24) - 2);
    const lines = this.#lines({ columns, rows, isUnicode, hasColor });
    // A frame with another number of lines is not patched right.
    if (lines.length !== this.#linesDrawn) this.#erase();
    this.#update(lines.join('\n'));
    this.#linesDrawn = lines.length;
    this.#drawnAt = this.#clock.now();
  }

  #erase(): void {
    if (this.#linesDrawn > 0) this.#update.clear();
    this.#linesDrawn = 0;
  }
}
