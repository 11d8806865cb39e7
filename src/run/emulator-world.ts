import { plainNames } from '../cloud/wire-names.ts';
import { populationSize } from '../device/population.ts';
import { type EmulatorProcess, spawnEmulator } from '../emulator/spawn-emulator.ts';
import type { Endpoint } from '../fleet/link.ts';
import { frontsNeeded, readMachineLimits } from '../fleet/preflight.ts';
import { defaultAccount } from '../protocol/names.ts';
import type { Plan } from '../scenario/plan.ts';
import { emulatorAdmin } from './emulator-admin.ts';
import { localClient } from './local-client.ts';
import { EmulatorRegistrar } from './registrar.ts';
import { clockSettingOf } from './run-clock.ts';
import type { World } from './world.ts';

/** Starts an emulator of our own. `onCrash` is called when it ends before it was closed. */
export async function openEmulatorWorld(
  plan: Plan,
  onCrash: (message: string) => void,
): Promise<World> {
  const clockSetting = clockSettingOf(plan);
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
  const iot = localClient(http, defaultAccount.region);
  const close = async () => {
    isClosing = true;
    await emulator.stop();
  };
  const admin = emulatorAdmin(http);
  return {
    iot,
    admin,
    step: emulator.step,
    pid: emulator.pid,
    mqtt: endpointOf(emulator),
    http,
    region: defaultAccount.region,
    names: plainNames,
    registrar: new EmulatorRegistrar(plan, iot, admin),
    credentials: undefined,
    rates: undefined,
    events: undefined,
    looksPerSecond: undefined,
    apiUsage: undefined,
    clockSetting,
    close,
  };
}

/** Over TLS by the name in its certificate: there is no SNI for an address. */
function endpointOf({ mqtt, mqtts }: EmulatorProcess): Endpoint {
  if (mqtts === undefined) return mqtt;
  const { host, port, caPem } = mqtts;
  return {
    host,
    port,
    tls: { caPem, servername: 'localhost' },
    access: { kind: 'certificate' },
  };
}
