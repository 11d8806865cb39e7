import type { Ending } from './verdict.ts';

/** How a run ends. Whoever ends it first decides; later endings are ignored. */
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
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#settle(ending);
  }
}
