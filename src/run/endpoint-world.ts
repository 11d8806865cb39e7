import { connect } from 'node:net';
import { DescribeEndpointCommand } from '@aws-sdk/client-iot';
import { AppError, messageOf } from '../base/errors.ts';
import { plainNames } from '../cloud/wire-names.ts';
import type { Endpoint } from '../fleet/link.ts';
import type { Plan } from '../scenario/plan.ts';
import { connectionTimeoutMs, localClient } from './local-client.ts';
import { EmulatorRegistrar } from './registrar.ts';
import { clockSettingOf } from './run-clock.ts';
import type { World } from './world.ts';

/** An emulator or look-alike that somebody else has started. Throws AppError when nobody is there. */
export async function openEndpointWorld(
  plan: Plan,
  target: Extract<Plan['target'], { kind: 'endpoint' }>,
): Promise<World> {
  const iot = localClient(target.http, target.region);
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
    http,
    region,
    names: plainNames,
    registrar: new EmulatorRegistrar(plan, iot, undefined),
    credentials: undefined,
    rates: undefined,
    events: undefined,
    looksPerSecond: undefined,
    apiUsage: undefined,
    clockSetting: clockSettingOf(plan),
    close: async () => iot.destroy(),
  };
}

/** Throws AppError when nothing accepts TCP connections there. */
async function probe({ host, port }: Endpoint): Promise<void> {
  const socket = connect({ host, port, timeout: connectionTimeoutMs });
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
