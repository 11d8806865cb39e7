/** What {@link Agenda.add} hands back: keep it to take the item off again. */
export interface Appointment<T> {
  readonly at: number;
  readonly item: T;
  /** Place in the heap, -1 once it has left. Owned by the agenda. */
  slot: number;
  readonly order: number;
}

/**
 * A min-heap of items due at a time. Items due at the same time leave in the order they came, so a
 * run is repeatable. Adding, cancelling and taking cost O(log n).
 */
export class Agenda<T> {
  readonly #heap: Appointment<T>[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The time of the next item, or undefined when there is none. */
  get nextAt(): number | undefined {
    return this.#heap[0]?.at;
  }

  add(at: number, item: T): Appointment<T> {
    const appointment: Appointment<T> = { at, item, slot: this.#heap.length, order: this.#order++ };
    this.#heap.push(appointment);
    this.#rise(appointment);
    return appointment;
  }

  /** Takes an item off. Cancelling one that has already left does nothing. */
  cancel(appointment: Appointment<T>): void {
    const { slot } = appointment;
    if (slot < 0) return;
    appointment.slot = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === appointment) return;
    this.#place(last, slot);
    this.#sink(last);
    this.#rise(last);
  }

  /** Removes and returns the first item due at or before `now`. */
  takeDue(now: number): T | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.cancel(first);
    return first.item;
  }

  clear(): void {
    for (const appointment of this.#heap) appointment.slot = -1;
    this.#heap.length = 0;
  }

  #place(appointment: Appointment<T>, slot: number): void {
    this.#heap[slot] = appointment;
    appointment.slot = slot;
  }

  #rise(appointment: Appointment<T>): void {
    let slot = appointment.slot;
    while (slot > 0) {
      const parentSlot = (slot - 1) >> 1;
      const parent = this.#heap[parentSlot];
      if (parent === undefined || !isBefore(appointment, parent)) break;
      this.#place(parent, slot);
      slot = parentSlot;
    }
    this.#place(appointment, slot);
  }

  /** All the way down: it came from the bottom and rises from there, which is half the comparing. */
  #sink(appointment: Appointment<T>): void {
    let slot = appointment.slot;
    for (;;) {
      const child = this.#earlierChild(slot);
      if (child === undefined) break;
      const childSlot = child.slot;
      this.#place(child, slot);
      slot = childSlot;
    }
    this.#place(appointment, slot);
  }

  #earlierChild(slot: number): Appointment<T> | undefined {
    const left = this.#heap[2 * slot + 1];
    const right = this.#heap[2 * slot + 2];
    if (left === undefined || right === undefined) return left;
    return isBefore(right, left) ? right : left;
  }
}

function isBefore<T>(a: Appointment<T>, b: Appointment<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
