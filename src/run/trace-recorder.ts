import type { Millis } from '../base/clock.ts';
import type { TracedMessage } from '../fleet/tracer.ts';
import type { Summary } from '../report/summary.ts';
import {
  type TraceHeader,
  type TraceLine,
  traceFile,
  traceVersion,
} from '../report/trace/trace-line.ts';
import { TraceWriter } from '../report/trace/trace-writer.ts';
import type { ServiceEvent } from './service-event.ts';

/** Keeps what all things said and heard, and the course of the jobs, in the run's folder. */
export class TraceRecorder {
  readonly #writer: TraceWriter;
  /** Simulated instants. */
  readonly #beginAt: Millis;
  #zeroAt: Millis | undefined;
  #messages = 0;

  /** `path` is the file; `beginAt` the simulated instant from which it counts until the run has begun. */
  constructor(path: string, header: Omit<TraceHeader, 'type' | 'traceVersion'>, beginAt: Millis) {
    this.#writer = new TraceWriter(path);
    this.#beginAt = beginAt;
    this.#writer.write({ type: 'run', traceVersion, ...header });
  }

  /** The run begins: from here all times count. */
  begin(zeroAt: Millis): void {
    this.#zeroAt = zeroAt;
    this.#writer.write({ type: 'zero', rampMs: zeroAt - this.#beginAt });
  }

  addMessages(messages: readonly TracedMessage[]): void {
    for (const { at, ...message } of messages) {
      this.#writer.write({ type: 'message', ...this.#instantOf(at), ...message });
    }
    this.#messages += messages.length;
  }

  /** A word of the service, where the run hears of any. */
  addEvent(event: ServiceEvent): void {
    // The jobs of a run are created once it has begun.
    if (this.#zeroAt === undefined) return;
    const { jobId: job, operation, payload } = event;
    const t = rounded(event.at - this.#zeroAt);
    const name = event.kind === 'execution' ? { name: event.thingName } : {};
    this.#writer.write({ type: 'event', t, job, ...name, operation, payload });
  }

  /** Writes the course of the jobs and the last line; resolves when all is on disk. */
  async finish(jobLines: readonly TraceLine[], endAt: Millis): Promise<Summary['trace']> {
    for (const line of jobLines) this.#writer.write(line);
    return this.#close(Math.max(0, endAt - (this.#zeroAt ?? endAt)));
  }

  /** Of a run that never came to its end; after `finish` it does nothing. */
  async abandon(): Promise<void> {
    await this.#close(0, 'the run could not begin');
  }

  async #close(t: Millis, reason?: string): Promise<Summary['trace']> {
    const gap = this.#writer.gap ?? reason;
    const messages = this.#messages;
    await this.#writer.close({ type: 'end', t, messages, ...(gap === undefined ? {} : { gap }) });
    // The last bytes may be those that did not fit.
    const told = this.#writer.gap ?? gap;
    return { file: traceFile, messages, ...(told === undefined ? {} : { gap: told }) };
  }

  #instantOf(at: Millis): { readonly t: Millis } | { readonly ramp: Millis } {
    const zeroAt = this.#zeroAt;
    if (zeroAt !== undefined && at >= zeroAt) return { t: rounded(at - zeroAt) };
    return { ramp: rounded(at - this.#beginAt) };
  }
}

/** To the microsecond. */
function rounded(ms: Millis): Millis {
  return Math.round(ms * 1000) / 1000;
}
