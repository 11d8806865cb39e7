import type { Ending } from './verdict.ts';

/**
 * How a run ends. Whoever ends it first decides, but an error outranks a normal end even when it comes
 * while the run is being wound up: a fleet that dies at the end has not told everything.
 */
export class Halt {
  readonly ended: Promise<Ending>;
  #ending: Ending | undefined;
  #settle: (ending: Ending) => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Undefined while the run goes on. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  end(ending: Ending): void {
    const isWorse = this.#ending?.kind === 'finished' && ending.kind === 'error';
    if (this.#ending !== undefined && !isWorse) return;
    this.#ending = ending;
    this.#settle(ending);
  }
}
