import 'reflect-metadata';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  webcrypto,
  X509Certificate,
} from 'node:crypto';
import { promisify } from 'node:util';
import { PemConverter, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

/** `rsa` is what AWS makes itself: 2048 bits, a tenth of a second of work. `ec` is P-256, at once. */
export type KeyKind = 'rsa' | 'ec';

const algorithms = {
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ec: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const;

const makePair = promisify(generateKeyPair);

/** A new private key, as PKCS #8. Secret. */
export async function makeKey(kind: KeyKind): Promise<string> {
  const { privateKey } =
    kind === 'rsa'
      ? await makePair('rsa', { modulusLength: 2048 })
      : await makePair('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The request for a certificate for that key, in PEM. */
export async function requestFor(privateKeyPem: string, commonName: string): Promise<string> {
  const key = createPrivateKey(privateKeyPem);
  const algorithm = key.asymmetricKeyType === 'rsa' ? algorithms.rsa : algorithms.ec;
  const [privateDer, publicDer] = [
    key.export({ type: 'pkcs8', format: 'der' }),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  ];
  const { subtle } = webcrypto;
  const privateKey = await subtle.importKey('pkcs8', privateDer, algorithm, false, ['sign']);
  const publicKey = await subtle.importKey('spki', publicDer, algorithm, true, ['verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [commonName] }],
    keys: { privateKey, publicKey },
    signingAlgorithm: algorithm,
  });
  return `${PemConverter.encode(request.rawData, 'CERTIFICATE REQUEST')}\n`;
}

/** SHA-256 of the public key, in hex: what tells whose a certificate is, and gives nothing away. */
export function fingerprintOfKey(privateKeyPem: string): string {
  return fingerprintOf(createPublicKey(createPrivateKey(privateKeyPem)));
}

/** The same of the key that a certificate is for. */
export function fingerprintOfCertificate(certificatePem: string): string {
  return fingerprintOf(new X509Certificate(certificatePem).publicKey);
}

/** SHA-256 of the DER in hex, by which AWS names certificates (reference §7.7). */
export function certificateIdOf(certificatePem: string): string {
  return createHash('sha256').update(new X509Certificate(certificatePem).raw).digest('hex');
}

function fingerprintOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex');
}
