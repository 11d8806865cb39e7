import { type ClockSetting, SteerableClock } from '../base/clock.ts';
import type { AppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import type { Traffic } from '../base/traffic.ts';
import type { Effect } from '../engine/commands.ts';
import { BucketTally } from '../metrics/classic-histogram.ts';
import { emulatorExposition } from '../metrics/prometheus-emulator.ts';
import { type Dialect, defaultDialect } from '../protocol/dialect.ts';
import { type Account, defaultAccount } from '../protocol/names.ts';
import type { Quotas } from '../protocol/quotas.ts';
import { Broker } from './broker.ts';
import { brokerQuotas } from './broker-limits.ts';
import type { KeyedCertificate } from './certificate-authority.ts';
import { followConnectivity, forgetConnectivity } from './connectivity.ts';
import type { CustomAuthorizer } from './custom-authorizer.ts';
import { HttpAdmin } from './http-admin.ts';
import { HttpApi } from './http-api.ts';
import { controlApi } from './http-control.ts';
import { dataApi } from './http-data.ts';
import { HttpServer } from './http-server.ts';
import { HttpGate } from './http-signature.ts';
import { LifecycleAnnouncer } from './lifecycle-events.ts';
import type { Address } from './listen.ts';
import { type LocalAuthority, localAuthority } from './local-authority.ts';
import { logDiagnosis } from './log-diagnosis.ts';
import { MqttJobs } from './mqtt-jobs.ts';
import { attachTcp, listenTcp, type MqttListener } from './mqtt-listener.ts';
import { judgeByCertificate, PolicyAuthority } from './policy-authority.ts';
import { ProcessMeter } from './process-meter.ts';
import { answerBounds, RequestTally } from './request-tally.ts';
import { resumeClock, saveClock } from './resume-clock.ts';
import { createS3, originOf } from './s3.ts';
import { Service } from './service.ts';
import { emulatorStats } from './stats.ts';
import type { Store } from './store.ts';
import { Throttle } from './throttle.ts';
import { listenTls, serverNames } from './tls-listener.ts';
import { WebSocketListener } from './websocket-listener.ts';
import type { AccessKeys } from './websocket-signature.ts';

/** The settings that are plain data, and so may cross a process border. */
export interface EmulatorSettings {
  /** Address of this machine to listen on. */
  readonly host: string;
  /** Both HTTP planes and the admin; 0 takes any free port, as everywhere. */
  readonly httpPort: number;
  readonly mqttPort: number;
  /** Processes that hold the clients of `mqttPort`, beyond the open files of one; none by default. */
  readonly fronts?: number;
  /** MQTT over TLS with client certificates; not served when not set. */
  readonly mqttsPort?: number;
  /** What `httpPort` serves, over TLS; not served when not set. */
  readonly httpsPort?: number;
  /** Who else may come in at `mqttsPort`, without a certificate. */
  readonly authorizer?: CustomAuthorizer;
  /** Whether identities are checked and policies enforced; when not set, over TLS only. */
  readonly strict?: boolean;
  /** Who may sign requests and WebSocket URLs in strict mode. */
  readonly accessKeys?: AccessKeys;
  /** A second port for the data plane alone. */
  readonly dataPort?: number;
  readonly account?: Account;
  readonly dialect?: Dialect;
  /** Ids and everything drawn come from it. */
  readonly seed: string;
  /** What DescribeEndpoint answers, and a name in the server certificate; `host` when not set. */
  readonly advertisedHost?: string;
  /** Keeps everything there, beyond the process; in memory alone without it. */
  readonly dataDir?: string;
  /** With `dataDir`: each answer waits for the disk, and so outlives a power cut too. */
  readonly fsync?: boolean;
  /** Folder of `<bucket>/<key>` files that stands for S3. */
  readonly s3Dir?: string;
  /** AWS's rates or others, in simulated time; none by default. */
  readonly quotas?: Quotas;
  /** Log why each request that got a rejection or no answer did. */
  readonly explain?: boolean;
}

export interface EmulatorOptions extends EmulatorSettings {
  /** Simulated time; a clock that is passed in stays its owner's to stop. */
  readonly clock?: SteerableClock | Partial<ClockSetting>;
  readonly log: Logger;
  /** A process it needs has ended by itself, and with it connections; `stop` still works. */
  onFailed?(error: AppError): void;
}

export interface Emulator {
  readonly http: Address;
  readonly mqtt: Address;
  readonly mqtts?: Address;
  readonly https?: Address;
  readonly data?: Address;
  /** Clients trust its certificate. */
  readonly authority: LocalAuthority;
  /** The one source of all service times. */
  readonly clock: SteerableClock;
  /** Over all MQTT connections that are open. */
  readonly traffic: Traffic;
  stop(): Promise<void>;
}

/** Builds the service with its two wires and listens. Nothing stays open when a port cannot be had. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { host, httpPort, mqttPort, dataPort } = options;
  const store = await openDataDir(options);
  const parts = await buildOn(store, options);
  const listeners: MqttListener[] = [];
  const stop = async () => {
    for (const listener of listeners) listener.stop();
    await parts.stop();
    await Promise.all(listeners.map((listener) => listener.close?.()));
  };
  try {
    const http = await parts.http.listen({ host, port: httpPort }, 'HTTP');
    parts.address.http = http;
    const mqtt = await listenPlain(parts, { host, port: mqttPort }, options);
    listeners.push(mqtt);
    const mqtts = await listenSecure(parts, options);
    if (mqtts !== undefined) listeners.push(mqtts);
    const https = await listenHttps(parts, options);
    const data =
      dataPort === undefined
        ? undefined
        : await parts.http.listen({ host, port: dataPort }, 'data plane', 'data');
    const { clock, authority, broker } = parts;
    return {
      http,
      mqtt: mqtt.address,
      ...(mqtts === undefined ? {} : { mqtts: mqtts.address }),
      ...(https === undefined ? {} : { https }),
      ...(data === undefined ? {} : { data }),
      authority,
      clock,
      traffic: broker.traffic,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In strict mode nobody gets in: a client shows no certificate here. */
async function listenPlain(
  { broker, service }: Parts,
  address: Address,
  { log, strict = false, fronts = 0, onFailed }: EmulatorOptions,
): Promise<MqttListener> {
  const authorityFor = strict
    ? (sourceIp: string | undefined) =>
        new PolicyAuthority(log, judgeByCertificate(service, undefined, sourceIp))
    : undefined;
  if (fronts === 0) return listenTcp(broker, address, log, authorityFor);
  const { listenThroughFronts } = await import('./fronts.ts');
  return listenThroughFronts(address, {
    count: fronts,
    log,
    onClient: attachTcp(broker, authorityFor),
    onFailed: (error) => onFailed?.(error),
  });
}

async function listenSecure(
  { broker, service, issue }: Parts,
  { host, mqttsPort: port, log, strict = true, authorizer }: EmulatorOptions,
): Promise<MqttListener | undefined> {
  if (port === undefined) return undefined;
  return listenTls({ broker, service, issue, log, isStrict: strict, authorizer }, { host, port });
}

async function listenHttps(
  { http, issue }: Parts,
  { host, httpsPort: port }: EmulatorOptions,
): Promise<Address | undefined> {
  return port === undefined ? undefined : http.listenTls({ host, port }, 'HTTPS', await issue());
}

async function openDataDir(options: EmulatorOptions): Promise<Store | undefined> {
  const { dataDir: dir, fsync = false, seed } = options;
  if (dir === undefined) return undefined;
  const { dialect = defaultDialect, account = defaultAccount } = options;
  const { partition, region, accountId } = account;
  const { openStore } = await import('./store-lmdb.ts');
  const head = { account: `${partition}:${region}:${accountId}`, seed, dialect };
  return openStore({ dir, fsync, head });
}

/** A store that cannot be built on is let go again. */
async function buildOn(store: Store | undefined, options: EmulatorOptions): Promise<Parts> {
  try {
    return build(options, store);
  } catch (error) {
    await store?.close();
    throw error;
  }
}

interface Parts {
  /** Known once it is bound. */
  readonly address: { http: Address };
  readonly http: HttpServer;
  readonly broker: Broker;
  readonly service: Service;
  readonly authority: LocalAuthority;
  /** The server certificate, made when it is first asked for. */
  readonly issue: () => Promise<KeyedCertificate>;
  readonly clock: SteerableClock;
  readonly stop: () => Promise<void>;
}

/** Commands from which a start takes seconds (docs/decisions/0005-durability.md). */
const journalLengthNoted = 1_000_000;

function build(options: EmulatorOptions, store: Store | undefined): Parts {
  const { host, log, seed, dialect = defaultDialect, account = defaultAccount } = options;
  const clock = clockOf(options, store);
  const wallClock = new SteerableClock();
  const tally = new RequestTally();
  const ticks = new BucketTally(answerBounds);
  const meter = new ProcessMeter();

  const emit = (effect: Effect) => jobs.deliver(effect);
  const service = new Service({
    account,
    dialect,
    seed,
    clock,
    emit,
    ...(store === undefined ? {} : { journal: store.journal }),
    onTick: (tookMs) => ticks.add(tookMs / 1000),
    onRecovered: (commands) => {
      log[commands > journalLengthNoted ? 'warn' : 'debug']('recovered', {
        commands,
        ...(commands > journalLengthNoted
          ? { hint: 'a fresh --data-dir or a reset starts faster' }
          : {}),
      });
    },
  });
  const { quotas } = options;
  const diagnosis = options.explain ? logDiagnosis(log) : undefined;
  const throttle = quotas && new Throttle(quotas, clock);
  const lifecycle = new LifecycleAnnouncer({
    clock,
    seed,
    isHeard: (topic) => broker.isHeard(topic),
    publish: (topic, payload) => broker.publish(topic, payload, { qos: dialect.notifyQos }),
  });
  const broker: Broker = new Broker({
    clock,
    wallClock,
    log,
    dialect,
    random: seededRandom(`${seed}/broker`),
    limits: quotas === undefined ? {} : brokerQuotas(quotas),
    diagnosis,
    onJobsRequest: (request) => jobs.handle(request),
    onLifecycle: (event) => {
      lifecycle.announce(event);
      followConnectivity(service, event);
    },
    ...(store === undefined ? {} : { storage: store.sessions, hold: store.hold }),
  });
  const authority = localAuthority(store?.values);
  const signers =
    options.strict === true
      ? { keys: options.accessKeys ?? {}, region: account.region }
      : undefined;
  const webSockets = new WebSocketListener({ broker, log, signers });
  const { advertisedHost } = options;
  const publicHost = advertisedHost ?? host;
  const address = { http: { host, port: options.httpPort } };
  const { documents, objects } = createS3({
    folder: options.s3Dir,
    region: account.region,
    clock,
    origin: () => originOf(publicHost, address.http.port),
    expiresSecondsOf: (jobId) =>
      service.view.jobs.get(jobId)?.settings.presignedUrlConfig?.expiresInSec,
    diagnosis,
  });
  const jobs = new MqttJobs(service, broker, tally, documents, { throttle, diagnosis });

  const api = new HttpApi(
    {
      control: controlApi(service, publicHost, documents, authority),
      data: dataApi(service, documents),
    },
    tally,
    { throttle, diagnosis },
  );
  const admin = new HttpAdmin({
    service,
    clock,
    onSteered: () => {
      if (store !== undefined) saveClock(store, clock);
    },
    stats: () => ({ process: meter.read(), broker: broker.stats(), requests: tally.read() }),
    metrics: () =>
      emulatorExposition(
        emulatorStats({ view: service.view, broker, tally, throttle, ticks, meter }),
      ),
  });
  forgetConnectivity(service);
  const gate = signers && new HttpGate(signers, diagnosis);
  const hold = store?.hold;
  const http = new HttpServer({ api, admin, objects, log, hold, webSockets, gate });

  const stop = async () => {
    await Promise.all([broker.close(), http.close()]);
    service.stop();
    meter.stop();
    wallClock.stop();
    if (store !== undefined) saveClock(store, clock);
    await store?.close();
    if (clock !== options.clock) clock.stop();
  };
  let issued: Promise<KeyedCertificate> | undefined;
  const issue = () => {
    issued ??= authority().then((issuer) => issuer.issueServer(serverNames(host, advertisedHost)));
    return issued;
  };
  return { address, http, broker, service, authority, issue, clock, stop };
}

function clockOf({ clock }: EmulatorOptions, store: Store | undefined): SteerableClock {
  if (store !== undefined) {
    const resumed = resumeClock(store, clock);
    saveClock(store, resumed);
    return resumed;
  }
  return clock instanceof SteerableClock ? clock : new SteerableClock(clock);
}
