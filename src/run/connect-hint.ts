import type { Target } from '../scenario/plan.ts';

type Reasons = Readonly<Record<string, number>>;

/** What each kind of reason points to on AWS; the first that fits the most frequent reason is told. */
const awsHints: readonly (readonly [reason: RegExp, hint: string])[] = [
  [
    /cert|signature|issuer|self_signed|altname/,
    'the broker is not who it should be: check target.aws.ca (Amazon’s roots when left out) and target.aws.endpoints.mqtt',
  ],
  [
    /^(enotfound|eai_again|econnrefused|etimedout|ehostunreach|enetunreach)$/,
    'nobody answers there: check target.aws.region, target.aws.endpoints.mqtt, and whether a firewall lets port 8883 out (connect: mtls-443 takes 443)',
  ],
  [
    /^upgrade-/,
    'the signature was refused: check the credentials, the clock of this machine, and that they may iot:Connect',
  ],
  [/^identity$/, 'their certificates or keys cannot be read: the events say which'],
  [
    /^connack-|^econnreset$|^closed$|^disconnect-/,
    'the broker sends them away: check that certificates are active, that their policy lets these client ids iot:Connect (docs/aws.md), or what the custom authorizer says',
  ],
];

const awsOtherwise =
  'check endpoint, authority, certificates and policy of the things (docs/aws.md)';
const endpointHint = 'is this an MQTT broker without TLS, and does it let these things in?';

/** What to do when not one thing could connect, by where to and what became of the attempts. */
export function connectHint({ kind }: Pick<Target, 'kind'>, reasons: Reasons): string {
  if (kind !== 'aws') return endpointHint;
  const [most = ''] = byCount(reasons)[0] ?? [];
  return awsHints.find(([pattern]) => pattern.test(most))?.[1] ?? awsOtherwise;
}

/** `40 attempts failed: 38 connack-5, 2 connack-timeout` */
export function tellConnectFailures(failed: number, reasons: Reasons): string {
  const told = byCount(reasons).map(([reason, count]) => `${count} ${reason}`);
  const attempts = `${failed} attempt${failed === 1 ? '' : 's'} failed`;
  return told.length === 0 ? attempts : `${attempts}: ${told.join(', ')}`;
}

function byCount(reasons: Reasons): [reason: string, count: number][] {
  return Object.entries(reasons).sort(([, a], [, b]) => b - a);
}
