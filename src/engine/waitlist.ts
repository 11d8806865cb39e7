/** Names in the order they came, each once. Taking from the front and deleting cost O(1). */
export class Waitlist {
  readonly #names = new Set<string>();
  /** Kept between takes: a fresh iterator would step over everything taken before. */
  #front: Iterator<string> | undefined;

  get size(): number {
    return this.#names.size;
  }

  add(name: string): void {
    this.#names.add(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  delete(name: string): boolean {
    return this.#names.delete(name);
  }

  take(): string | undefined {
    this.#front ??= this.#names.values();
    const next = this.#front.next();
    if (next.done === true) {
      this.#front = undefined;
      return undefined;
    }
    this.#names.delete(next.value);
    return next.value;
  }

  clear(): void {
    this.#names.clear();
    this.#front = undefined;
  }
}
