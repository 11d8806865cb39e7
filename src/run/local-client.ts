import { IoTClient } from '@aws-sdk/client-iot';

/** Credentials for services that take any; never those of the environment. */
const localCredentials = { accessKeyId: 'fleetrig', secretAccessKey: 'fleetrig' };

export const connectionTimeoutMs = 3000;

/** A service that accepts and never answers must not hold a run up, nor Ctrl-C. */
const requestHandler = {
  connectionTimeout: connectionTimeoutMs,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
};

/** For emulators. */
export function localClient(endpoint: string, region: string): IoTClient {
  return new IoTClient({
    endpoint,
    region,
    credentials: localCredentials,
    maxAttempts: 2,
    requestHandler,
  });
}
