import { connect as connectTls } from 'node:tls';
import { type Millis, SteerableClock } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { accountRates } from '../cloud/account-rates.ts';
import { ApiBudget } from '../cloud/api-budget.ts';
import { type AwsAccess, openAccount } from '../cloud/aws-client.ts';
import { secondsOf } from '../cloud/phase-seconds.ts';
import { callsOf } from '../cloud/resource-calls.ts';
import { populationSize } from '../device/population.ts';
import type { Endpoint } from '../fleet/link.ts';
import type { AwsTarget, Plan } from '../scenario/plan.ts';
import { endpointOf, readCa } from './aws-world.ts';
import type { Check } from './checkup-machine.ts';
import { answerMsMax, checkHttp } from './checkup-network.ts';
import type { CloudSettings } from './cloud-facts.ts';
import { resourcesOf } from './preview.ts';

export interface AwsCheckup {
  readonly plan: Plan;
  readonly target: AwsTarget;
  readonly settings: CloudSettings;
  /** Where the credentials come from, as far as that can be seen; never what they are. */
  readonly credentialSource: string | undefined;
  readonly now: Millis;
}

/** Whether a run on AWS would get in: reads only, one call of AWS IoT at most. */
export async function checkAws(request: AwsCheckup): Promise<Check[]> {
  const { plan, target, settings } = request;
  const clock = new SteerableClock();
  let access: AwsAccess | undefined;
  try {
    const rates = accountRates(target.quotas, settings.scenarioDir);
    const quotas = checkQuotas(plan, target, settings.scenarioDir, rates);
    const caPem = await readCa(target.ca, settings.scenarioDir);
    const budget = new ApiBudget(rates.control);
    access = await openAccount(target, { budget, clock, caPem });
    const { region } = access;
    const source = request.credentialSource ?? 'the chain of the AWS SDK';
    const account: Check = {
      topic: 'AWS',
      level: 'ok',
      message: `region ${region}, credentials by ${source}`,
    };
    const http = target.endpoints.iot ?? `https://iot.${region}.amazonaws.com`;
    return [
      account,
      await checkHttp(http, request.now, { fix: 'check network, proxy, region and CA', caPem }),
      ...(await checkDataEndpoint(target, access, caPem, settings)),
      ...quotas,
    ];
  } catch (error) {
    return [missing('AWS', error, 'see docs/aws.md')];
  } finally {
    access?.iot.destroy();
    clock.stop();
  }
}

async function checkDataEndpoint(
  target: AwsTarget,
  access: AwsAccess,
  caPem: string | undefined,
  { env }: CloudSettings,
): Promise<Check[]> {
  let endpoint: Endpoint;
  try {
    endpoint = await endpointOf(target, access, caPem, env);
  } catch (error) {
    return [missing('broker', error, 'see docs/aws.md')];
  }
  const { host, port } = endpoint;
  const told = target.endpoints.mqtt === undefined ? ', told by DescribeEndpoint' : '';
  try {
    await shakeHands(endpoint);
    return [
      {
        topic: 'broker',
        level: 'ok',
        message: `${host}:${port}${told}: TLS stands, and its certificate is trusted`,
      },
    ];
  } catch (error) {
    return [
      {
        topic: 'broker',
        level: 'missing',
        message: `no trusted TLS with ${host}:${port}${told}: ${messageOf(error)}`,
        fix: 'open the port outwards (8883, or connect: mtls-443), or name the authority as target.aws.ca',
      },
    ];
  }
}

/** TLS without a certificate of ours: the server is judged, and nobody connects to MQTT. */
function shakeHands({ host, port, tls, access }: Endpoint): Promise<void> {
  const alpn = access?.kind === 'certificate' ? access.alpn : undefined;
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host,
      port,
      servername: tls?.servername ?? host,
      ...(tls?.caPem === undefined ? {} : { ca: tls.caPem }),
      ...(alpn === undefined ? {} : { ALPNProtocols: [alpn] }),
      timeout: answerMsMax,
    });
    const end = (settle: () => void) => {
      socket.destroy();
      settle();
    };
    socket.once('secureConnect', () => end(resolve));
    socket.once('timeout', () => end(() => reject(new Error('no answer'))));
    socket.once('error', (error) => end(() => reject(error)));
  });
}

/** Longer than this, and somebody should know before it begins. */
const provisioningMinutesMax = 30;

function checkQuotas(
  plan: Plan,
  target: AwsTarget,
  scenarioDir: string,
  { control, devices }: ReturnType<typeof accountRates>,
): Check[] {
  const { provisioning } = callsOf(resourcesOf(plan, target, scenarioDir));
  const minutes = secondsOf(provisioning, control) / 60;
  const things = populationSize(plan.population);
  const told = minutes < 1 ? 'less than a minute' : `about ${Math.ceil(minutes)} minutes`;
  const { perSecond } = plan.connect;
  const isTooFast = devices.connects !== undefined && perSecond > devices.connects;
  const isLong = minutes > provisioningMinutesMax;
  return [
    {
      topic: 'quotas',
      level: isLong ? 'warning' : 'ok',
      message: `to make what ${things} things need takes ${told} at the rates of this account`,
      fix: isLong ? 'share certificates (identity.per: fleet), or --keep and --reuse' : undefined,
    },
    ...(isTooFast
      ? [
          {
            topic: 'quotas',
            level: 'warning',
            message: `fleet.connect.perSecond is ${perSecond}, the account takes ${devices.connects}: things connect at that pace`,
            fix: 'lower it, or raise connects in the file of target.aws.quotas',
          } as const,
        ]
      : []),
  ];
}

function missing(topic: string, error: unknown, fix: string): Check {
  const hint = error instanceof AppError ? error.hint : undefined;
  return { topic, level: 'missing', message: messageOf(error), fix: hint ?? fix };
}
