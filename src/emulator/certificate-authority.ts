import 'reflect-metadata';
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  type PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { dateOf, instantOf, type Millis, wallNow } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { SigningRequest } from './signing-request.ts';

/** A certificate and the key to it, as text to keep or to serve with. */
export interface KeyedCertificate {
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly privateKeyPem: string;
}

/** A certificate that was made for keys which we never see. */
export interface DeviceCertificate {
  readonly certificatePem: string;
  /** SHA-256 of the DER in hex (reference §7.7). */
  readonly certificateId: string;
  readonly commonName: string;
  readonly serialNumber: string;
}

/** What CreateKeysAndCertificate hands out. */
export interface DeviceCredentials extends KeyedCertificate, DeviceCertificate {
  readonly publicKeyPem: string;
}

type Keys = webcrypto.CryptoKeyPair;
type Certified = webcrypto.CryptoKey | PublicKey;

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** AWS issues 2048-bit RSA to devices (reference §7.7). */
const deviceRsa = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
} as const;
const authorityName = 'CN=fleetrig local CA, O=fleetrig';
/** The subject of all certificates that AWS makes. */
const deviceCommonName = 'AWS IoT Certificate';
/** Clocks of clients may be behind by so much. */
const dayMs = 86_400_000;
/** The last second of AWS's own device certificates. */
const neverAt = instantOf('2049-12-31T23:59:59Z') ?? 0;

/**
 * A certificate authority on this machine. Its certificates hold in wall time, whatever the emulator's
 * clock says, because TLS libraries check them by the wall.
 */
export class CertificateAuthority {
  readonly #certificate: X509Certificate;
  readonly #keys: Keys;
  readonly #pems: KeyedCertificate;

  private constructor(certificate: X509Certificate, keys: Keys, pems: KeyedCertificate) {
    this.#certificate = certificate;
    this.#keys = keys;
    this.#pems = pems;
  }

  static async create(): Promise<CertificateAuthority> {
    const keys = await generateKeys(ecdsa);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      ...validity(wallNow()),
      serialNumber: newSerialNumber(),
      name: authorityName,
      keys,
      signingAlgorithm: ecdsa,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new CertificateAuthority(certificate, keys, await toPems(certificate, keys));
  }

  /** From what {@link CertificateAuthority.pems} once told. */
  static async restore(pems: KeyedCertificate): Promise<CertificateAuthority> {
    try {
      const certificate = new X509Certificate(pems.certificatePem);
      const publicKey = await certificate.publicKey.export(ecdsa, ['verify']);
      const [der = new ArrayBuffer(0)] = PemConverter.decode(pems.privateKeyPem);
      const privateKey = await webcrypto.subtle.importKey('pkcs8', der, ecdsa, true, ['sign']);
      return new CertificateAuthority(certificate, { publicKey, privateKey }, pems);
    } catch (error) {
      throw new AppError('setup', 'the stored certificate authority cannot be read', {
        hint: 'Delete it; a new one is made, and clients must trust that and get new certificates.',
        cause: error,
      });
    }
  }

  /** To trust (the certificate) and to restore from (both). Keep the key to yourself. */
  get pems(): KeyedCertificate {
    return this.#pems;
  }

  /** For a TLS server that is reached by any of the names and addresses. */
  async issueServer(names: readonly string[]): Promise<KeyedCertificate> {
    const keys = await generateKeys(ecdsa);
    const certificate = await this.#issue(keys.publicKey, `CN=${names[0] ?? 'localhost'}`, [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
    ]);
    return toPems(certificate, keys);
  }

  async issueDevice(): Promise<DeviceCredentials> {
    const keys = await generateKeys(deviceRsa);
    const certificate = await this.#issueClient(keys.publicKey, `CN=${deviceCommonName}`);
    const publicKey = await webcrypto.subtle.exportKey('spki', keys.publicKey);
    return {
      ...(await toPems(certificate, keys)),
      publicKeyPem: `${PemConverter.encode(publicKey, 'PUBLIC KEY')}\n`,
      ...factsOf(certificate),
    };
  }

  /** Each time another certificate; its subject is that of the request, if it has one (CHOICE). */
  async issueFor({ publicKey, subject }: SigningRequest): Promise<DeviceCertificate> {
    const certificate = await this.#issueClient(publicKey, subject || `CN=${deviceCommonName}`);
    return { certificatePem: pemOf(certificate), ...factsOf(certificate) };
  }

  #issueClient(publicKey: Certified, subject: string): Promise<X509Certificate> {
    return this.#issue(publicKey, subject, [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ]);
  }

  async #issue(
    publicKey: Certified,
    subject: string,
    extensions: readonly (ExtendedKeyUsageExtension | SubjectAlternativeNameExtension)[],
  ): Promise<X509Certificate> {
    return X509CertificateGenerator.create({
      ...validity(wallNow()),
      serialNumber: newSerialNumber(),
      subject,
      issuer: this.#certificate.subject,
      publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: ecdsa,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        ...extensions,
      ],
    });
  }
}

async function generateKeys(algorithm: typeof ecdsa | typeof deviceRsa): Promise<Keys> {
  const usages = ['sign', 'verify'] as const;
  return algorithm.name === 'ECDSA'
    ? webcrypto.subtle.generateKey(algorithm, true, usages)
    : webcrypto.subtle.generateKey(algorithm, true, usages);
}

async function toPems(
  certificate: X509Certificate,
  { privateKey }: Keys,
): Promise<KeyedCertificate> {
  const key = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return {
    certificatePem: pemOf(certificate),
    privateKeyPem: `${PemConverter.encode(key, 'PRIVATE KEY')}\n`,
  };
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

function factsOf(certificate: X509Certificate): Omit<DeviceCertificate, 'certificatePem'> {
  return {
    certificateId: createHash('sha256').update(new Uint8Array(certificate.rawData)).digest('hex'),
    commonName: certificate.subjectName.getField('CN')[0] ?? '',
    serialNumber: certificate.serialNumber,
  };
}

function validity(now: Millis) {
  return { notBefore: dateOf(now - dayMs), notAfter: dateOf(neverAt) };
}

/** Positive, as X.509 wants it. */
function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
