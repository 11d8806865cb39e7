import { type ClockSetting, SteerableClock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import type { Effect } from '../engine/commands.ts';
import { emulatorExposition } from '../metrics/prometheus-emulator.ts';
import { type Dialect, defaultDialect } from '../protocol/dialect.ts';
import { type Account, defaultAccount } from '../protocol/names.ts';
import { Broker } from './broker.ts';
import { HttpAdmin } from './http-admin.ts';
import { HttpApi } from './http-api.ts';
import { controlApi } from './http-control.ts';
import { dataApi } from './http-data.ts';
import { HttpServer } from './http-server.ts';
import type { Address } from './listen.ts';
import { MqttJobs } from './mqtt-jobs.ts';
import { listenTcp, type MqttListener } from './mqtt-listener.ts';
import { ProcessMeter } from './process-meter.ts';
import { RequestTally } from './request-tally.ts';
import { Service } from './service.ts';
import { emulatorStats } from './stats.ts';

/** The settings that are plain data, and so may cross a process border. */
export interface EmulatorSettings {
  /** Address of this machine to listen on. */
  readonly host: string;
  /** Both HTTP planes and the admin; 0 takes any free port, as everywhere. */
  readonly httpPort: number;
  readonly mqttPort: number;
  /** A second port for the data plane alone. */
  readonly dataPort?: number;
  readonly account?: Account;
  readonly dialect?: Dialect;
  /** Ids and everything drawn come from it. */
  readonly seed: string;
  /** What DescribeEndpoint answers; `host` when not set. */
  readonly advertisedHost?: string;
}

export interface EmulatorOptions extends EmulatorSettings {
  /** Simulated time; a clock that is passed in stays its owner's to stop. */
  readonly clock?: SteerableClock | Partial<ClockSetting>;
  readonly log: Logger;
}

export interface Emulator {
  readonly http: Address;
  readonly mqtt: Address;
  readonly data?: Address;
  /** The one source of all service times. */
  readonly clock: SteerableClock;
  stop(): Promise<void>;
}

/** Builds the service with its two wires and listens. Nothing stays open when a port cannot be had. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { host, httpPort, mqttPort, dataPort } = options;
  const parts = build(options);
  let mqtt: MqttListener | undefined;
  const stop = async () => {
    mqtt?.stop();
    await parts.stop();
  };
  try {
    const http = await parts.http.listen({ host, port: httpPort }, 'HTTP');
    mqtt = await listenTcp(parts.broker, { host, port: mqttPort }, options.log);
    const data =
      dataPort === undefined
        ? undefined
        : await parts.http.listen({ host, port: dataPort }, 'data plane', 'data');
    const { clock } = parts;
    return { http, mqtt: mqtt.address, ...(data === undefined ? {} : { data }), clock, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Parts {
  readonly http: HttpServer;
  readonly broker: Broker;
  readonly clock: SteerableClock;
  readonly stop: () => Promise<void>;
}

function build(options: EmulatorOptions): Parts {
  const { host, log, seed, dialect = defaultDialect, account = defaultAccount } = options;
  const clock =
    options.clock instanceof SteerableClock ? options.clock : new SteerableClock(options.clock);
  const wallClock = new SteerableClock();
  const tally = new RequestTally();
  const meter = new ProcessMeter();

  const emit = (effect: Effect) => jobs.deliver(effect);
  const service = new Service({ account, dialect, seed, clock, emit });
  const broker = new Broker({
    clock,
    wallClock,
    log,
    dialect,
    random: seededRandom(`${seed}/broker`),
    onJobsRequest: (request) => jobs.handle(request),
  });
  const jobs = new MqttJobs(service, broker, tally);

  const api = new HttpApi(
    { control: controlApi(service, options.advertisedHost ?? host), data: dataApi(service) },
    tally,
  );
  const admin = new HttpAdmin({
    service,
    clock,
    stats: () => ({ process: meter.read(), broker: broker.stats(), requests: tally.read() }),
    metrics: () => emulatorExposition(emulatorStats(service.view, broker, tally)),
  });
  const http = new HttpServer(api, admin);

  const stop = async () => {
    await Promise.all([broker.close(), http.close()]);
    service.stop();
    meter.stop();
    wallClock.stop();
    if (clock !== options.clock) clock.stop();
  };
  return { http, broker, clock, stop };
}
