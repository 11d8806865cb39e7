import { connect } from 'node:net';
import { DescribeEndpointCommand, IoTClient } from '@aws-sdk/client-iot';
import { type ClockSetting, wallNow } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { populationSize } from '../device/population.ts';
import { type EmulatorProcess, spawnEmulator } from '../emulator/spawn-emulator.ts';
import type { Identities } from '../fleet/identities.ts';
import type { Endpoint } from '../fleet/link.ts';
import { frontsNeeded, readMachineLimits } from '../fleet/preflight.ts';
import { defaultAccount } from '../protocol/names.ts';
import type { Plan } from '../scenario/plan.ts';
import { type EmulatorAdmin, emulatorAdmin } from './emulator-admin.ts';
import { createFleetIdentity } from './fleet-identity.ts';

/** The service a run talks to, whichever it is. */
export interface World {
  readonly iot: IoTClient;
  /** Only on an emulator of our own. */
  readonly admin: EmulatorAdmin | undefined;
  /** Takes the service's time along; only on an emulator of our own. */
  readonly step: EmulatorProcess['step'] | undefined;
  /** Process of an emulator of our own. */
  readonly pid: number | undefined;
  readonly mqtt: Endpoint;
  /** Who the things are there, if they connect over TLS. */
  readonly identities: Identities | undefined;
  readonly http: string;
  readonly region: string;
  readonly clockSetting: ClockSetting;
  close(): Promise<void>;
}

/** Credentials for services that take any; never those of the environment. */
const localCredentials = { accessKeyId: 'fleetrig', secretAccessKey: 'fleetrig' };

/** Opens the plan's target. `onCrash` is called when an emulator of ours ends before it was closed. */
export async function openWorld(plan: Plan, onCrash: (message: string) => void): Promise<World> {
  const now = wallNow();
  const clockSetting = { wallOriginAt: now, simulatedOriginAt: now, scale: plan.clockScale };
  return plan.target.kind === 'emulator'
    ? openEmulator(plan, clockSetting, onCrash)
    : openEndpoint(plan.target, clockSetting);
}

async function openEmulator(
  plan: Plan,
  clockSetting: ClockSetting,
  onCrash: (message: string) => void,
): Promise<World> {
  const emulator = await spawnEmulator({
    host: '127.0.0.1',
    httpPort: 0,
    mqttPort: 0,
    fronts: plan.isTls ? 0 : frontsNeeded(populationSize(plan.population), readMachineLimits()),
    ...(plan.isTls ? { mqttsPort: 0 } : {}),
    seed: plan.seed,
    dialect: plan.dialect,
    clock: clockSetting,
  });
  let isClosing = false;
  void emulator.exited.then(({ code, signal }) => {
    if (!isClosing) onCrash(`the emulator ended unexpectedly (${signal ?? `exit code ${code}`})`);
  });
  const http = `http://${emulator.http.host}:${emulator.http.port}`;
  const iot = iotClient(http, defaultAccount.region);
  const close = async () => {
    isClosing = true;
    await emulator.stop();
  };
  try {
    return {
      iot,
      admin: emulatorAdmin(http),
      step: emulator.step,
      pid: emulator.pid,
      mqtt: endpointOf(emulator),
      identities: plan.isTls ? await createFleetIdentity(iot) : undefined,
      http,
      region: defaultAccount.region,
      clockSetting,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Over TLS by the name in its certificate: there is no SNI for an address. */
function endpointOf({ mqtt, mqtts }: EmulatorProcess): Endpoint {
  if (mqtts === undefined) return mqtt;
  const { host, port, caPem } = mqtts;
  return { host, port, tls: { caPem, servername: 'localhost' } };
}

async function openEndpoint(
  target: Extract<Plan['target'], { kind: 'endpoint' }>,
  clockSetting: ClockSetting,
): Promise<World> {
  const iot = iotClient(target.http, target.region);
  try {
    await iot.send(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }));
  } catch (error) {
    throw new AppError('setup', `no AWS IoT answers at ${target.http}: ${messageOf(error)}`, {
      hint: 'start it (`fleetrig emulate`), or correct target.endpoint.http',
      cause: error,
    });
  }
  await probe(target.mqtt);
  const { http, mqtt, region } = target;
  return {
    iot,
    admin: undefined,
    step: undefined,
    pid: undefined,
    mqtt,
    identities: undefined,
    http,
    region,
    clockSetting,
    close: async () => iot.destroy(),
  };
}

/** Throws AppError when nothing accepts TCP connections there. */
async function probe({ host, port }: Endpoint): Promise<void> {
  const socket = connect({ host, port, timeout: requestHandler.connectionTimeout });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
      socket.once('timeout', () => reject(new Error('no answer')));
    });
  } catch (cause) {
    throw new AppError('setup', `no MQTT broker at ${host}:${port}: ${messageOf(cause)}`, {
      hint: 'start it, or correct target.endpoint.mqtt',
      cause,
    });
  } finally {
    socket.destroy();
  }
}

/** A service that accepts and never answers must not hold a run up, nor Ctrl-C. */
const requestHandler = {
  connectionTimeout: 3000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
};

function iotClient(endpoint: string, region: string): IoTClient {
  return new IoTClient({
    endpoint,
    region,
    credentials: localCredentials,
    maxAttempts: 2,
    requestHandler,
  });
}
