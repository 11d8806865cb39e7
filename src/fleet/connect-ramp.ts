import type { Clock, Millis } from '../base/clock.ts';

/** Something that wants to connect: a device's session. */
export interface Connector {
  /** Its turn has come: open the connection now. */
  beginConnect(): void;
}

/** A place in a batch, and when its thing is due to connect. */
export interface RampStep {
  readonly place: number;
  readonly dueAt: Millis;
}

export interface Ramp {
  /** When place 0 is due. */
  readonly originAt: Millis;
  /** Connects per wall second over the whole fleet. */
  readonly perSecond: number;
  /** Simulated milliseconds per wall millisecond. */
  readonly clockScale: number;
}

/** Steps that may be taken in one turn of the event loop, however many are due. */
const stepsPerTurnMax = 256;

/**
 * A share's part of an open loop: place k of the batch is due k / perSecond wall seconds after the
 * origin, so that every worker can tell its own times and together they leave no gap.
 */
export function* rampSteps(
  places: Iterable<number>,
  { originAt, perSecond, clockScale }: Ramp,
): Generator<RampStep, undefined> {
  for (const place of places) {
    yield { place, dueAt: originAt + (place / perSecond) * 1000 * clockScale };
  }
  return undefined;
}

/** Takes each step when it is due: with one appointment at a time, however long the ramp. */
export function followRamp(
  clock: Clock,
  steps: Iterator<RampStep, undefined>,
  take: (step: RampStep) => void,
): void {
  const arm = (step: RampStep | undefined): void => {
    if (step !== undefined) {
      clock.schedule(Math.max(step.dueAt, clock.now()), () => takeDue(step));
    }
  };
  const takeDue = (first: RampStep): void => {
    let step: RampStep | undefined = first;
    for (let taken = 0; taken < stepsPerTurnMax; taken++) {
      if (step === undefined || step.dueAt > clock.now()) break;
      take(step);
      step = steps.next().value;
    }
    arm(step);
  };
  arm(steps.next().value);
}

/** The part of a fleet-wide number that is worker `part`'s: parts differ by one at most; 1 at least. */
export function windowOf(inFlight: number, part: number, parts: number): number {
  return Math.max(
    1,
    Math.floor((inFlight * (part + 1)) / parts) - Math.floor((inFlight * part) / parts),
  );
}

/**
 * Bounds the connections that are being opened at once; the rest wait in the order they came. A thing
 * waits here once at most, so the line is no longer than the worker's share of the fleet.
 */
export class ConnectWindow {
  readonly #size: number;
  readonly #underWay = new Set<Connector>();
  readonly #waiting = new Set<Connector>();

  constructor(size: number) {
    this.#size = size;
  }

  /** Waiting or being opened. */
  get connecting(): number {
    return this.#underWay.size + this.#waiting.size;
  }

  enter(connector: Connector): void {
    this.#waiting.add(connector);
    this.#admit();
  }

  /** The attempt has ended, well or not, or was given up before its turn. */
  leave(connector: Connector): void {
    if (this.#waiting.delete(connector)) return;
    if (this.#underWay.delete(connector)) this.#admit();
  }

  #admit(): void {
    for (const connector of this.#waiting) {
      if (this.#underWay.size >= this.#size) return;
      this.#waiting.delete(connector);
      this.#underWay.add(connector);
      connector.beginConnect();
    }
  }
}
