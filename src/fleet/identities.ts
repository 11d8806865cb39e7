import assert from 'node:assert/strict';
import type { Thing } from '../device/population.ts';
import { type IdentityFiles, identityReader } from './identity-files.ts';
import type { Identity } from './link.ts';

/** Who the things of a fleet are over TLS. Secret, as what it holds or opens. */
export type Identities =
  | { readonly kind: 'shared'; readonly identity: Identity }
  | { readonly kind: 'by-cohort'; readonly identities: Readonly<Record<string, Identity>> }
  | ThingIdentities;

/** Each thing has files of its own; a worker reads those of a thing whenever it connects. */
interface ThingIdentities extends IdentityFiles {
  readonly kind: 'by-thing';
}

/** Reads the identity of one thing, whose files go by its plain name; rejects with AppError, which names the file. */
export type ReadIdentity = () => Promise<Identity>;

/**
 * What a thing shows: an identity that is at hand, or the way to its own. Who shares an identity gets the
 * same object, so that what TLS makes of it is made once.
 */
export function identityFinder(
  identities: Identities | undefined,
): (thing: Thing) => Identity | ReadIdentity | undefined {
  switch (identities?.kind) {
    case undefined:
      return () => undefined;
    case 'shared':
      return () => identities.identity;
    case 'by-cohort':
      return ({ cohort }) => {
        const identity = identities.identities[cohort.name];
        assert.ok(identity !== undefined, `cohort ${cohort.name} has an identity`);
        return identity;
      };
    case 'by-thing': {
      const read = identityReader(identities);
      return ({ plainName }) =>
        () =>
          read(plainName);
    }
  }
}
