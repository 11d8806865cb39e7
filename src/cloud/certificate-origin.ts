import { X509Certificate } from 'node:crypto';
import { DescribeCertificateCommand, type IoTClient } from '@aws-sdk/client-iot';
import { parseArn } from '../protocol/names.ts';
import { certificateIdOf, fingerprintOfCertificate, fingerprintOfKey } from './device-key.ts';
import type { IdentityStore } from './identity-store.ts';
import { isMissingResource } from './service-errors.ts';

export interface ClaimedCertificate {
  readonly prefix: string;
  /** In the store. */
  readonly name: string;
  /** SHA-256 of its public key, as the journal has it. */
  readonly key: string;
  readonly arn: string;
}

/**
 * Whether a certificate is the run's, whatever its journal says: a journal may have been changed, or come
 * from somebody else, and a certificate that is switched off cuts real devices off. It is the run's when
 * the store has it, when the store has its key, or when its subject has the prefix of the run. Asks AWS only
 * where the store does not know it.
 */
export async function tellOrigin(
  iot: IoTClient,
  store: IdentityStore,
  { prefix, name, key, arn }: ClaimedCertificate,
): Promise<'own' | 'spared' | 'missing'> {
  const certificateId = parseArn(arn)?.name ?? '';
  const stored = await orNothing(() => store.readCertificate(name));
  if (stored !== undefined && idOf(stored) === certificateId) return 'own';
  const pem = await describe(iot, certificateId);
  if (pem === undefined) return 'missing';
  if (hasSubject(pem, prefix)) return 'own';
  const privateKey = await orNothing(() => store.readKey(name));
  const isOwnKey =
    privateKey !== undefined &&
    fingerprintOfKey(privateKey) === key &&
    fingerprintOfCertificate(pem) === key;
  return isOwnKey ? 'own' : 'spared';
}

/** AWS takes it over from the request. */
function hasSubject(pem: string, prefix: string): boolean {
  return new X509Certificate(pem).subject
    .split('\n')
    .some((part) => part.startsWith(`CN=${prefix}`));
}

function idOf(pem: string): string | undefined {
  try {
    return certificateIdOf(pem);
  } catch {
    return undefined;
  }
}

/** A store that cannot be read proves nothing. */
async function orNothing(read: () => Promise<string | undefined>): Promise<string | undefined> {
  return read().catch(() => undefined);
}

/** Undefined when there is none. */
async function describe(iot: IoTClient, certificateId: string): Promise<string | undefined> {
  try {
    const { certificateDescription } = await iot.send(
      new DescribeCertificateCommand({ certificateId }),
    );
    return certificateDescription?.certificatePem;
  } catch (error) {
    if (isMissingResource(error)) return undefined;
    throw error;
  }
}
