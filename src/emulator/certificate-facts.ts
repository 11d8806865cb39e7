import { X509Certificate } from 'node:crypto';
import { instantOf, type Millis } from '../base/clock.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import type { DeviceCertificate } from './certificate-authority.ts';

/** Reads a certificate that somebody else has made; of a chain, the first. */
export function readCertificate(certificatePem: string): Reply<DeviceCertificate> {
  const certificate = parse(certificatePem);
  if (certificate === undefined) {
    return rejected('CertificateValidation', 'The certificate is not X.509 in PEM.');
  }
  const { CN = '' } = certificate.toLegacyObject().subject ?? {};
  return accepted({
    certificatePem,
    certificateId: certificateIdOf(certificate),
    commonName: [CN].flat()[0] ?? '',
    serialNumber: certificate.serialNumber.toLowerCase(),
  });
}

/** SHA-256 of the DER in hex (reference §7.7, CHOICE). */
export function certificateIdOf({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(':', '').toLowerCase();
}

/** From when to when it holds. */
export function validityOf(certificatePem: string): {
  readonly notBefore?: Millis;
  readonly notAfter?: Millis;
} {
  const { validFrom = '', validTo = '' } = parse(certificatePem) ?? {};
  const notBefore = instantOf(validFrom);
  const notAfter = instantOf(validTo);
  return {
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
  };
}

function parse(certificatePem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(certificatePem);
  } catch {
    return undefined;
  }
}
