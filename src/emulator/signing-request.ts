import 'reflect-metadata';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { Pkcs10CertificateRequest, type PublicKey } from '@peculiar/x509';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';

/** What CreateCertificateFromCsr is asked to certify. */
export interface SigningRequest {
  readonly publicKey: PublicKey;
  /** As text; empty when it names none. */
  readonly subject: string;
}

const pem =
  /^\s*-----BEGIN (NEW )?CERTIFICATE REQUEST-----[\s\S]+-----END \1?CERTIFICATE REQUEST-----\s*$/;
const rsaBitsMin = 2048;
/** NIST P-256, P-384 and P-521, as OpenSSL calls them. */
const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Reads a CSR in PEM; its sender must have the key, and AWS must take keys of that kind. */
export async function readSigningRequest(text: string): Promise<Reply<SigningRequest>> {
  const request = parse(text);
  if (request === undefined || !(await isSigned(request))) {
    return rejected('InvalidRequest', 'The certificate signing request is not valid.');
  }
  const { publicKey, subject } = request;
  return isAccepted(createPublicKey(publicKey.toString('pem')))
    ? accepted({ publicKey, subject })
    : rejected(
        'InvalidRequest',
        `The public key must be RSA of at least ${rsaBitsMin} bits, or on curve P-256, P-384 or P-521.`,
      );
}

function parse(text: string): Pkcs10CertificateRequest | undefined {
  if (!pem.test(text)) return undefined;
  try {
    return new Pkcs10CertificateRequest(text.replaceAll(' NEW CERTIFICATE', ' CERTIFICATE'));
  } catch {
    return undefined;
  }
}

async function isSigned(request: Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify();
  } catch {
    return false; // Keys or signatures that the library does not know.
  }
}

function isAccepted({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): boolean {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails;
  return asymmetricKeyType === 'rsa' ? modulusLength >= rsaBitsMin : curves.includes(namedCurve);
}
