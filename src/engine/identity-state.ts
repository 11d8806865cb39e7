import type { Millis } from '../base/clock.ts';
import type { NamedPolicy } from '../protocol/policy.ts';
import type { Tags } from './state.ts';

/** Who may do what: certificates, policies, and what they are attached to (reference §7.7). */
export interface IdentityState {
  /** By id: SHA-256 of the DER in hex. */
  readonly certificates: ReadonlyMap<string, Certificate>;
  readonly policies: ReadonlyMap<string, Policy>;
  /** Certificate ids by thing name; only things that have some. */
  readonly principals: ReadonlyMap<string, ReadonlySet<string>>;
  /** Policy names by target: the ARN of a certificate or thing group, or a Cognito identity. */
  readonly policyTargets: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Certificate {
  readonly certificateId: string;
  /** The private key is nowhere in the service. */
  readonly certificatePem: string;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly createdAt: Millis;
  /** Of its subject. */
  readonly commonName: string;
  readonly serialNumber: string;
  readonly thingNames: ReadonlySet<string>;
  /** Attached to its one thing as EXCLUSIVE_THING. */
  readonly isExclusive: boolean;
}

interface Policy extends NamedPolicy {
  /** As submitted. */
  readonly documentText: string;
  readonly tags: Tags;
}

/** The same for the engine that owns it. */
export interface OwnedIdentity extends IdentityState {
  readonly certificates: Map<string, Certificate>;
  readonly policies: Map<string, Policy & { tags: Tags }>;
  readonly principals: Map<string, Set<string>>;
  readonly policyTargets: Map<string, Set<string>>;
}

export function emptyIdentity(): OwnedIdentity {
  return {
    certificates: new Map(),
    policies: new Map(),
    principals: new Map(),
    policyTargets: new Map(),
  };
}
