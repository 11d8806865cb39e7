import type { Standing } from '../base/standing.ts';

/** What the coordinator itself is in the middle of: it awaits answers of the service. */
export class WorkInHand {
  readonly #names: string[] = [];
  #activity = 0;

  /** Returns what ends it; call that once. */
  begin(name: string): () => void {
    this.#activity++;
    this.#names.push(name);
    return () => {
      this.#activity++;
      this.#names.splice(this.#names.indexOf(name), 1);
    };
  }

  /** The coordinator has no links to things; of its work the oldest is told. */
  read(): Pick<Standing, 'traffic' | 'busyWith'> {
    const [busyWith] = this.#names;
    return {
      traffic: { links: 0, closing: 0, sent: 0, received: 0, activity: this.#activity },
      ...(busyWith === undefined ? {} : { busyWith }),
    };
  }
}
