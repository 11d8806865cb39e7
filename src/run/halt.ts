import type { Ending } from './verdict.ts';

/**
 * How a run ends. Whoever ends it first decides, but an error outranks a normal end even when it comes
 * while the run is being wound up: a fleet that dies at the end has not told everything.
 */
export class Halt {
  readonly ended: Promise<Ending>;
  /** Somebody wants it to stop, even if it has ended already and only lingers. */
  readonly interrupted: Promise<void>;
  readonly #abort = new AbortController();
  #ending: Ending | undefined;
  #settle: (ending: Ending) => void = () => undefined;
  #interrupt: () => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.interrupted = new Promise((resolve) => {
      this.#interrupt = resolve;
    });
  }

  /** Undefined while the run goes on. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Aborts as soon as the run ends, whatever the reason. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  end(ending: Ending): void {
    if (ending.kind === 'interrupted') this.#interrupt();
    const isWorse = this.#ending?.kind === 'finished' && ending.kind === 'error';
    if (this.#ending !== undefined && !isWorse) return;
    this.#ending = ending;
    this.#settle(ending);
    this.#abort.abort();
  }
}
