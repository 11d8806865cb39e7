import type { Cancel, Clock, Millis } from '../base/clock.ts';
import { Agent, type AgentOptions } from './agent.ts';
import type { DeviceEffect, DeviceInput } from './io.ts';

export interface DeviceHostOptions extends AgentOptions {
  /** Simulated time. */
  readonly clock: Clock;
  /** Carries out an effect. It may feed inputs at once: they wait until all effects are carried out. */
  readonly perform: (effect: DeviceEffect) => void;
}

/** Runs one device on any clock: feeds it, carries out what it wants, wakes it when it asked to be. */
export class DeviceHost {
  readonly #agent: Agent;
  readonly #clock: Clock;
  readonly #perform: (effect: DeviceEffect) => void;
  /** Inputs that came while effects were carried out. */
  readonly #waiting: DeviceInput[] = [];
  #isBusy = false;
  #wakeAt: Millis | undefined;
  #disarm: Cancel | undefined;

  constructor(options: DeviceHostOptions) {
    this.#agent = new Agent(options);
    this.#clock = options.clock;
    this.#perform = options.perform;
  }

  /** Whether it has asked to be woken. */
  get isArmed(): boolean {
    return this.#wakeAt !== undefined;
  }

  feed(input: DeviceInput): void {
    if (this.#isBusy) this.#waiting.push(input);
    else this.#deliver(this.#agent.handle(input, this.#clock.now()));
  }

  readonly #wake = (): void => {
    this.#wakeAt = undefined;
    this.#deliver(this.#agent.wake(this.#clock.now()));
  };

  #deliver(effects: readonly DeviceEffect[]): void {
    this.#isBusy = true;
    this.#performAll(effects);
    while (this.#waiting.length > 0) {
      const input = this.#waiting.shift();
      if (input !== undefined) this.#performAll(this.#agent.handle(input, this.#clock.now()));
    }
    this.#isBusy = false;
    this.#arm();
  }

  #performAll(effects: readonly DeviceEffect[]): void {
    for (const effect of effects) this.#perform(effect);
  }

  #arm(): void {
    const at = this.#agent.nextDeadline();
    if (at === this.#wakeAt) return;
    this.#disarm?.();
    this.#disarm = undefined;
    this.#wakeAt = at;
    if (at !== undefined) this.#disarm = this.#clock.schedule(at, this.#wake);
  }
}
