import { AppError, messageOf } from '../base/errors.ts';
import { type LabelSet, pointsOf, type SeriesValue, seriesOf } from '../metrics/metric-table.ts';
import { runMetrics } from '../metrics/prometheus.ts';
import type { RunFacts } from '../metrics/run-facts.ts';

/** Samples that go together; one request a second would be many small ones. */
const samplesPerRequest = 5;
/** Kept for a receiver that answers late; beyond that the oldest go. */
const samplesWaitingMax = 60;
const answerMsMax = 10_000;

interface Timeseries {
  readonly labels: LabelSet;
  readonly samples: { readonly value: number; readonly timestamp: number }[];
}

/** As much as we use of what the package exports; its own types ask for a mutable and a DOM's `fetch`. */
type Push = (
  timeseries: readonly Timeseries[],
  options: {
    readonly url: string;
    readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  },
) => Promise<{
  readonly status: number;
  readonly statusText: string;
  readonly errorMessage?: string;
}>;

/** Throws AppError when the optional package that speaks the protocol is not installed. */
export async function openRemoteWriter(
  url: string,
  onFailed: (error: unknown) => void,
): Promise<RemoteWriter> {
  try {
    const { default: library } = await import('prometheus-remote-write');
    return new RemoteWriter(url, library.pushTimeseries as unknown as Push, onFailed);
  } catch (cause) {
    throw new AppError('setup', `--remote-write needs a package: ${messageOf(cause)}`, {
      hint: 'npm install prometheus-remote-write',
      cause,
    });
  }
}

interface Taken {
  /** Wall milliseconds since the epoch. */
  readonly at: number;
  /** Those of every series. */
  readonly labels: LabelSet;
  readonly series: readonly SeriesValue[];
}

/** Sends a run's metrics to a Prometheus that takes them: a few samples at a time, in order, one request at once. */
class RemoteWriter {
  readonly #url: string;
  readonly #push: Push;
  readonly #onFailed: (error: unknown) => void;
  #taken: Taken[] = [];
  /** The request under way. */
  #sending: Promise<void> | undefined;

  /** `onFailed` hears of each request that was refused or never answered; its samples are lost. */
  constructor(url: string, push: Push, onFailed: (error: unknown) => void) {
    this.#url = url;
    this.#push = push;
    this.#onFailed = onFailed;
  }

  add(at: number, facts: RunFacts): void {
    const labels = { job: 'fleetrig', run_id: facts.runId };
    const series = Object.entries(runMetrics).flatMap(([name, row]) =>
      pointsOf<RunFacts>(row, facts).flatMap((point) => seriesOf(name, point)),
    );
    this.#taken.push({ at: Math.round(at), labels, series });
    if (this.#taken.length > samplesWaitingMax) {
      this.#taken.shift();
      this.#onFailed(new Error('it takes samples more slowly than they come; the oldest are lost'));
    }
    if (this.#taken.length >= samplesPerRequest) this.#send();
  }

  /** Sends what is left; resolves when everything was answered or given up. */
  async flush(): Promise<void> {
    await this.#sending;
    this.#send();
    await this.#sending;
  }

  #send(): void {
    if (this.#sending !== undefined || this.#taken.length === 0) return;
    const timeseries = timeseriesOf(this.#taken);
    this.#taken = [];
    this.#sending = this.#request(timeseries)
      .catch(this.#onFailed)
      .then(() => {
        this.#sending = undefined;
      });
  }

  async #request(timeseries: readonly Timeseries[]): Promise<void> {
    const { status, statusText, errorMessage } = await this.#push(timeseries, {
      url: this.#url,
      fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(answerMsMax) }),
    });
    if (status < 200 || status > 299) {
      throw new Error(`it answered ${status} ${statusText}: ${errorMessage?.trim() ?? ''}`);
    }
  }
}

export type { RemoteWriter };

/** One series each, with its samples in order of time; the protocol wants labels in order of name. */
function timeseriesOf(taken: readonly Taken[]): readonly Timeseries[] {
  const bySeries = new Map<string, Timeseries>();
  for (const { at, labels: extra, series } of taken) {
    for (const { name, labels, value } of series) {
      const key = `${name}${JSON.stringify(labels)}`;
      const one = bySeries.get(key) ?? {
        labels: sorted(name, { ...extra, ...labels }),
        samples: [],
      };
      one.samples.push({ value, timestamp: at });
      bySeries.set(key, one);
    }
  }
  return [...bySeries.values()];
}

function sorted(name: string, labels: LabelSet): LabelSet {
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return { __name__: name, ...Object.fromEntries(entries) };
}
