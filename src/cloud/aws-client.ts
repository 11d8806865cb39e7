import { DescribeEndpointCommand, IoTClient } from '@aws-sdk/client-iot';
import type { Clock } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import type { AwsCredentials } from '../protocol/sigv4.ts';
import type { AwsTarget } from '../scenario/plan.ts';
import type { ApiBudget } from './api-budget.ts';
import { keepToBudget } from './budgeted-client.ts';

/** An account of AWS, reached with whatever credentials and region the SDK's own chain finds. */
export interface AwsAccess {
  readonly iot: IoTClient;
  readonly region: string;
  /** Those in force now: temporary ones are renewed in time. Throws AppError when there are none. */
  credentials(): Promise<AwsCredentials>;
}

export interface AccessOptions {
  readonly budget: ApiBudget;
  /** Of wall time. */
  readonly clock: Clock;
  /** Trusted instead of Node's authorities, where the control plane has another endpoint than AWS's. */
  readonly caPem?: string | undefined;
}

const agent = { maxSockets: 64, keepAlive: true };

/** AWS answers in a fraction of a second; a silent one must not hold a run up, nor Ctrl-C. */
const requestHandler = {
  connectionTimeout: 5000,
  requestTimeout: 20_000,
  throwOnRequestTimeout: true,
  httpAgent: agent,
};

type AccountSettings = Pick<AwsTarget, 'region' | 'profile'> & {
  readonly endpoints: Pick<AwsTarget['endpoints'], 'iot'>;
};

/** Opens no socket but those that credentials may take. Throws AppError `setup` without region or credentials. */
export async function openAccount(
  { region, profile, endpoints }: AccountSettings,
  { budget, clock, caPem }: AccessOptions,
): Promise<AwsAccess> {
  const iot = new IoTClient({
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoints.iot === undefined ? {} : { endpoint: endpoints.iot }),
    maxAttempts: 5,
    requestHandler: {
      ...requestHandler,
      httpsAgent: {
        ...agent,
        ...(endpoints.iot === undefined || caPem === undefined ? {} : { ca: caPem }),
      },
    },
  });
  keepToBudget(iot, { budget, clock });
  const known = await regionOf(iot);
  const credentials = () => credentialsOf(iot);
  await credentials();
  return { iot, region: known, credentials };
}

async function regionOf(iot: IoTClient): Promise<string> {
  try {
    return await iot.config.region();
  } catch (cause) {
    throw new AppError('setup', 'no AWS region is set', {
      hint: 'set target.aws.region, AWS_REGION, or the region of your profile',
      cause,
    });
  }
}

async function credentialsOf(iot: IoTClient): Promise<AwsCredentials> {
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await iot.config.credentials();
    return { accessKeyId, secretAccessKey, sessionToken };
  } catch (cause) {
    throw new AppError('setup', `no AWS credentials: ${messageOf(cause)}`, {
      hint: 'give some as for the AWS CLI: AWS_PROFILE, AWS_ACCESS_KEY_ID, SSO, or the role of the machine',
      cause,
    });
  }
}

/** Host, and port if it names one, that DescribeEndpoint tells. Throws AppError `setup` when nobody answers. */
export async function describeEndpoint(
  iot: IoTClient,
  endpointType: 'iot:Data-ATS' | 'iot:Jobs',
): Promise<{ readonly host: string; readonly port: number | undefined }> {
  try {
    const { endpointAddress = '' } = await iot.send(new DescribeEndpointCommand({ endpointType }));
    const [host = '', port] = endpointAddress.split(':');
    return { host, port: port === undefined ? undefined : Number(port) };
  } catch (cause) {
    throw new AppError('setup', `AWS IoT does not tell its endpoint: ${messageOf(cause)}`, {
      hint: 'check region, credentials and the permission iot:DescribeEndpoint (docs/aws.md)',
      cause,
    });
  }
}
