const wanted = 1000;

/**
 * Rows that come in at a steady pace, for as long as it takes: once there are twice as many as a page
 * can show, every other goes and only every second new one stays. The last one is always there.
 */
export class Thinned<R> {
  #kept: R[] = [];
  #last: R | undefined;
  #seen = 0;
  #stride = 1;

  push(row: R): void {
    this.#last = row;
    if (this.#seen++ % this.#stride !== 0) return;
    this.#kept.push(row);
    if (this.#kept.length < 2 * wanted) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  get last(): R | undefined {
    return this.#last;
  }

  rows(): R[] {
    const last = this.#last;
    return last === undefined || this.#kept.at(-1) === last
      ? [...this.#kept]
      : [...this.#kept, last];
  }
}
