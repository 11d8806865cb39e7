import type { Clock, Millis } from '../base/clock.ts';
import type { Progress } from '../run/progress.ts';
import { type FrameState, frame, type Subject } from './frame.ts';
import type { FrameOptions } from './frame-line.ts';
import { Pace } from './pace.ts';

/** Looks come that often while the run goes on; after its end there are none. */
const lookEveryMs = 1500;

/** What a screen shows of a run: the last look at it, with the time going on meanwhile. */
export class RunView {
  readonly #subject: Subject;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #beganAt: Millis;
  readonly #connects = new Pace();
  readonly #notices = new Map<string, Pace>();
  #progress: Progress | undefined;
  #lookedAt: Millis = 0;

  constructor(subject: Subject, clock: Pick<Clock, 'now'>) {
    this.#subject = subject;
    this.#clock = clock;
    this.#beganAt = clock.now();
  }

  look(progress: Progress): void {
    this.#progress = progress;
    this.#lookedAt = this.#clock.now();
    if (progress.isConnecting) this.#connects.add(this.#lookedAt, progress.connected);
    for (const { jobId, notified } of progress.jobs) {
      const pace = this.#notices.get(jobId) ?? new Pace();
      this.#notices.set(jobId, pace);
      pace.add(progress.elapsedMs, notified);
    }
  }

  lines(options: FrameOptions): string[] {
    return frame(this.#state(), options);
  }

  #state(): FrameState {
    const now = this.#clock.now();
    const perMinute = this.#connects.perMinute();
    return {
      subject: this.#subject,
      wallMs: now - this.#beganAt,
      simulatedMs: this.#simulatedMs(now),
      progress: this.#progress,
      observedPerMinute: new Map(
        [...this.#notices].flatMap(([jobId, pace]) => {
          const observed = pace.perMinute();
          return observed === undefined ? [] : [[jobId, observed] as const];
        }),
      ),
      connectsPerSecond: perMinute === undefined ? undefined : perMinute / 60,
    };
  }

  /** Where time jumps, nobody knows how far it is between two looks. */
  #simulatedMs(now: Millis): Millis | undefined {
    if (this.#progress === undefined || this.#progress.isConnecting) return undefined;
    const { elapsedMs } = this.#progress;
    const { scale } = this.#subject;
    const sinceMs = Math.min(now - this.#lookedAt, lookEveryMs);
    return scale === 'max' ? elapsedMs : elapsedMs + sinceMs * scale;
  }
}
