import { type Cancel, type Millis, SteerableClock, wallNow } from '../base/clock.ts';
import { formatDuration } from '../base/duration.ts';
import { messageOf } from '../base/errors.ts';
import { isLoopback } from '../base/loopback.ts';
import { openRunExporter } from '../metrics/prometheus.ts';
import type { Collector } from './collector.ts';
import { type MetricsServer, serveMetrics } from './metrics-server.ts';
import { pushEndFigures } from './pushgateway.ts';
import { openRemoteWriter, type RemoteWriter } from './remote-write.ts';
import type { Telemetry } from './telemetry.ts';

/** How a run's metrics get to Prometheus while it goes on; `metrics.om` is written in any case. */
export interface MetricsSettings {
  /** Serves `/metrics` there; not served when not set. */
  readonly port: number | undefined;
  readonly host: string;
  /** How long a run that is over waits for one more scrape, in wall time. */
  readonly lingerMs: Millis;
  /** URL of a remote write receiver. */
  readonly remoteWrite: string | undefined;
  /** Base URL of a Pushgateway. */
  readonly pushgateway: string | undefined;
}

/** Whether anybody is to see the metrics before the run is over. */
export function isWatched({ port, remoteWrite }: MetricsSettings): boolean {
  return port !== undefined || remoteWrite !== undefined;
}

export interface OutletOptions {
  readonly settings: MetricsSettings;
  readonly telemetry: Telemetry;
  readonly collector: Pick<Collector, 'addEvent'>;
  /** Base URL of our own emulator, which serves metrics at any free port; undefined where the target is another. */
  readonly emulator: string | undefined;
}

/** The ways out. What goes wrong here is an event of the run, and never changes its verdict. */
export class MetricsOutlets {
  readonly #options: OutletOptions;
  readonly #server: MetricsServer | undefined;
  readonly #writer: RemoteWriter | undefined;

  private constructor(
    options: OutletOptions,
    server: MetricsServer | undefined,
    writer: RemoteWriter | undefined,
  ) {
    this.#options = options;
    this.#server = server;
    this.#writer = writer;
  }

  /** Throws AppError when one of them cannot be had. */
  static async open(options: OutletOptions): Promise<MetricsOutlets> {
    const { settings, telemetry, collector, emulator } = options;
    const { port, host, remoteWrite } = settings;
    const writer =
      remoteWrite === undefined
        ? undefined
        : await openRemoteWriter(
            remoteWrite,
            tellOnce(collector, `remote write to ${remoteWrite}`),
          );
    if (port === undefined) return new MetricsOutlets(options, undefined, writer);
    const exporter = openRunExporter(() => telemetry.facts());
    const server = await serveMetrics(exporter, { host, port });
    collector.addEvent('metrics', `metrics at ${server.url}`);
    if (emulator !== undefined) {
      collector.addEvent('metrics', `emulator metrics at ${emulator}/metrics`);
    }
    if (!isLoopback(host)) {
      collector.addEvent(
        'warning',
        `${host} is not loopback: whoever reaches it reads the metrics`,
      );
    }
    return new MetricsOutlets(options, server, writer);
  }

  /** To be called at every look at the jobs. */
  look(): void {
    this.#writer?.add(wallNow(), this.#options.telemetry.facts());
  }

  /** The run is judged: sends what is to be sent, and waits for a last scrape where that was asked for. */
  async end(interrupted: Promise<void>): Promise<void> {
    const { settings, telemetry, collector } = this.#options;
    this.look();
    await this.#writer?.flush();
    const { pushgateway } = settings;
    if (pushgateway !== undefined) {
      const fail = tellOnce(collector, `push to ${pushgateway}`);
      await pushEndFigures(pushgateway, telemetry.facts()).catch(fail);
    }
    await this.#linger(interrupted);
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  async #linger(interrupted: Promise<void>): Promise<void> {
    const { settings, collector } = this.#options;
    if (this.#server === undefined || settings.lingerMs === 0) return;
    const atMost = formatDuration(settings.lingerMs);
    collector.addEvent(
      'metrics',
      `waiting up to ${atMost} for a last scrape of ${this.#server.url}`,
    );
    const [isOver, forget] = after(settings.lingerMs);
    await Promise.race([this.#server.scraped(), isOver, interrupted]);
    forget();
  }
}

function after(ms: Millis): [over: Promise<void>, forget: Cancel] {
  const clock = new SteerableClock();
  const over = new Promise<void>((resolve) => {
    clock.schedule(clock.now() + ms, resolve);
  });
  return [over, () => clock.stop()];
}

/** The first failure is told, later ones of the same kind say nothing new. */
function tellOnce(collector: Pick<Collector, 'addEvent'>, what: string): (error: unknown) => void {
  let isTold = false;
  return (error) => {
    if (isTold) return;
    isTold = true;
    collector.addEvent('warning', `${what} failed: ${messageOf(error)}`);
  };
}
