import { type Clock, type Millis, wallNow } from '../base/clock.ts';
import type { OperationName, Recorder } from '../metrics/recorder.ts';

/** When something was due, and when it was really sent, by the meter's clock. */
export interface Timing {
  readonly dueAt: Millis;
  readonly sentAt: Millis;
}

/** Records what happens in simulated time as the wall time it took. One for all things of a worker. */
export class Meter {
  readonly #recorder: Recorder;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #usPerMs: number;

  constructor(recorder: Recorder, clock: Pick<Clock, 'now'>, clockScale: number) {
    this.#recorder = recorder;
    this.#clock = clock;
    this.#usPerMs = 1000 / clockScale;
  }

  count(key: string, n?: number): void {
    this.#recorder.count(key, n);
  }

  /** Due then, and sent now. */
  begin(dueAt: Millis): Timing {
    return { dueAt, sentAt: this.#clock.now() };
  }

  /** The operation has ended just now. */
  end(operation: OperationName, { dueAt, sentAt }: Timing): void {
    const now = this.#clock.now();
    this.#record(operation, now - dueAt, now - sentAt);
  }

  /** The operation took that long, in simulated time. */
  span(operation: OperationName, durationMs: Millis): void {
    this.#record(operation, durationMs, durationMs);
  }

  /** A timer of ours fired that late. */
  delay(delayMs: Millis): void {
    this.#recorder.recordScheduleDelay(delayMs * this.#usPerMs);
  }

  #record(operation: OperationName, fromDueMs: Millis, fromSendMs: Millis): void {
    this.#recorder.record(operation, fromDueMs * this.#usPerMs, fromSendMs * this.#usPerMs);
  }
}

/**
 * For simulated time that waits while messages are exchanged: it cannot tell how long that takes, so
 * operations are timed by the wall, from when they were sent. Nothing is ever late in such time, and
 * how long an execution took in it says nothing of the wall.
 */
export class WallMeter extends Meter {
  constructor(recorder: Recorder) {
    super(recorder, { now: wallNow }, 1);
  }

  override begin(): Timing {
    const now = wallNow();
    return { dueAt: now, sentAt: now };
  }

  override span(): void {}

  override delay(): void {}
}
