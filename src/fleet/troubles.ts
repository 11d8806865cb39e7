/** Of one worker: more say no more, and all of them are counted. */
const toldMax = 100;

/** What the things of a worker could not do, in words, each told once. */
export class Troubles {
  readonly #told = new Set<string>();
  #new: string[] = [];

  tell(message: string): void {
    if (this.#told.size >= toldMax || this.#told.has(message)) return;
    this.#told.add(message);
    this.#new.push(message);
  }

  /** Since the last time. */
  takeNew(): readonly string[] {
    const fresh = this.#new;
    this.#new = [];
    return fresh;
  }
}
