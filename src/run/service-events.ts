import type { Millis } from '../base/clock.ts';
import type { ServiceEvent } from './service-event.ts';

/** What the service itself told of one job. */
export interface ToldByEvents {
  readonly received: number;
  /** Told once more: AWS promises each at least once. */
  readonly duplicates: number;
  /** Execution attempts that ended, by how. */
  readonly ended: Readonly<Record<string, number>>;
  readonly canceledAt: Millis | undefined;
  readonly completedAt: Millis | undefined;
}

/** Events of one job in whatever order and however often they come: each counts once. */
export class ServiceEvents {
  readonly #seen = new Set<string>();
  readonly #ended: Record<string, number> = {};
  #duplicates = 0;
  #canceledAt: Millis | undefined;
  #completedAt: Millis | undefined;

  /** False for one that was there already. */
  add(event: ServiceEvent): boolean {
    if (this.#seen.has(event.key)) {
      this.#duplicates++;
      return false;
    }
    this.#seen.add(event.key);
    if (event.kind === 'execution') {
      // What is deleted has ended before, or not at all.
      if (event.operation !== 'deleted') {
        const status = event.operation.toUpperCase();
        this.#ended[status] = (this.#ended[status] ?? 0) + 1;
      }
      return true;
    }
    const { at, operation } = event;
    if (operation === 'completed') {
      this.#completedAt = Math.min(this.#completedAt ?? at, at);
    } else if (operation === 'canceled' || operation === 'cancellation_in_progress') {
      this.#canceledAt = Math.min(this.#canceledAt ?? at, at);
    }
    return true;
  }

  read(): ToldByEvents {
    return {
      received: this.#seen.size,
      duplicates: this.#duplicates,
      ended: { ...this.#ended },
      canceledAt: this.#canceledAt,
      completedAt: this.#completedAt,
    };
  }
}
