import { z } from 'zod';
import type { CertificateAuthority, KeyedCertificate } from './certificate-authority.ts';
import type { ValueStore } from './store.ts';

/** The emulator's certificate authority, made or restored when it is first asked for. */
export type LocalAuthority = () => Promise<CertificateAuthority>;

const storedName = 'certificate-authority';
const Stored: z.ZodType<KeyedCertificate> = z.object({
  certificatePem: z.string(),
  privateKeyPem: z.string(),
});

/** One that lives in `values` if they are given, else as long as the emulator. */
export function localAuthority(values?: ValueStore): LocalAuthority {
  let authority: Promise<CertificateAuthority> | undefined;
  return () => {
    authority ??= open(values);
    return authority;
  };
}

/** X.509 takes a tenth of a second to load: nobody waits for it who does not need it. */
async function open(values: ValueStore | undefined): Promise<CertificateAuthority> {
  const { CertificateAuthority } = await import('./certificate-authority.ts');
  const stored = values?.get(storedName);
  if (stored !== undefined) return CertificateAuthority.restore(Stored.parse(JSON.parse(stored)));
  const authority = await CertificateAuthority.create();
  values?.put(storedName, JSON.stringify(authority.pems));
  return authority;
}
