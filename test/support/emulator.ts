import { IoTClient } from '@aws-sdk/client-iot';
import { IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane';
import { onTestFinished } from 'vitest';
import { SteerableClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/emulator.ts';
import type { Address } from '../../src/emulator/listen.ts';

/** Where the clock of a test emulator stands: 2025-01-01T00:00:00.250Z. */
export const testTimeAt = 1_735_689_600_250;

/** An emulator on free ports whose time stands still unless a clock is given; it ends with the test. */
export async function startTestEmulator(
  overrides: Partial<EmulatorOptions> = {},
): Promise<Emulator> {
  const emulator = await startEmulator({
    host: '127.0.0.1',
    httpPort: 0,
    mqttPort: 0,
    seed: 'test',
    clock: frozenClock(),
    log: silentLogger,
    ...overrides,
  });
  onTestFinished(() => emulator.stop());
  return emulator;
}

export function frozenClock(): SteerableClock {
  const clock = new SteerableClock({ simulatedOriginAt: testTimeAt - 1000 });
  clock.freeze();
  clock.advanceTo(testTimeAt);
  return clock;
}

export function urlOf({ host, port }: Address): string {
  return `http://${host}:${port}`;
}

export function controlClient({ http }: Pick<Emulator, 'http'>): IoTClient {
  const client = new IoTClient({ endpoint: urlOf(http), ...clientSettings });
  onTestFinished(() => client.destroy());
  return client;
}

export function dataClient(address: Address): IoTJobsDataPlaneClient {
  const client = new IoTJobsDataPlaneClient({ endpoint: urlOf(address), ...clientSettings });
  onTestFinished(() => client.destroy());
  return client;
}

const clientSettings = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
};
