import { formatDuration } from '../base/duration.ts';
import type { Progress } from '../run/observer.ts';
import type { Io } from './io.ts';

/** Between two plain lines where stderr is no terminal, in looks of a second. */
const plainEvery = 10;

/** Shows a run on stderr: one line redrawn in place on a terminal, a plain line now and then elsewhere. */
export class LiveLine {
  readonly #io: Io;
  #looks = 0;
  #isDrawn = false;

  constructor(io: Io) {
    this.#io = io;
  }

  progress(progress: Progress): void {
    this.show(progressText(progress));
  }

  show(text: string): void {
    if (this.#io.isTerminal) {
      this.#io.stderr(`\r\x1b[2K${text.slice(0, this.#io.columns - 1)}`);
      this.#isDrawn = true;
    } else if (this.#looks % plainEvery === 0) {
      this.#io.stderr(`${text}\n`);
    }
    this.#looks++;
  }

  /** A whole line of its own, above the live one. */
  say(text: string): void {
    this.clear();
    this.#io.stderr(`${text}\n`);
  }

  clear(): void {
    if (!this.#isDrawn) return;
    this.#io.stderr('\r\x1b[2K');
    this.#isDrawn = false;
  }
}

function progressText(progress: Progress): string {
  const { elapsedMs, connected, things, notified, executions, jobs } = progress;
  const count = (status: string) => executions[status] ?? 0;
  const failed = count('FAILED') + count('REJECTED') + count('TIMED_OUT');
  const parts = [
    `${formatDuration(elapsedMs)}`,
    `${connected}/${things} connected`,
    `${notified} notified`,
    `${count('IN_PROGRESS')} running`,
    `${count('SUCCEEDED')} succeeded`,
    `${failed} failed`,
    `${count('CANCELED')} canceled`,
    jobs.map(({ jobId, status }) => `${jobId} ${status}`).join(', '),
  ];
  return parts.filter((part) => part !== '').join('  ');
}
