import type { Thing } from '../device/population.ts';
import type { Identity } from './link.ts';

/** Who the things of a fleet are over TLS. Secret, as what it holds. */
export interface Identities {
  readonly kind: 'shared';
  readonly identity: Identity;
}

/** A thing always gets the same object, so that what TLS makes of an identity is made once. */
export function identityFinder(
  identities: Identities | undefined,
): (thing: Thing) => Identity | undefined {
  return () => identities?.identity;
}
