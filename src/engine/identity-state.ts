import type { Millis } from '../base/clock.ts';
import type { NamedPolicy } from '../protocol/policy.ts';
import type { CertificateStatus } from '../protocol/status.ts';
import { compareText, type Directory, MutableDirectory } from './directory.ts';
import type { Tags } from './state.ts';

/** Who may do what: certificates, policies, and what they are attached to (reference §7.7). */
export interface IdentityState {
  /** By id: SHA-256 of the DER in hex; latest first. */
  readonly certificates: Directory<Certificate>;
  /** Latest first. */
  readonly policies: Directory<Policy>;
  /** Certificate ids by thing name; only things that have some. */
  readonly principals: ReadonlyMap<string, ReadonlySet<string>>;
  /** Policy names by target: the ARN of a certificate or thing group, or a Cognito identity. */
  readonly policyTargets: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Certificate {
  readonly certificateId: string;
  /** Place in the order of creation, among policies too. */
  readonly order: number;
  /** The private key is nowhere in the service. */
  readonly certificatePem: string;
  readonly status: CertificateStatus;
  readonly createdAt: Millis;
  readonly lastModifiedAt: Millis;
  /** Of its subject. */
  readonly commonName: string;
  readonly serialNumber: string;
  /** Registered without a certificate authority that is known here. */
  readonly isSniOnly: boolean;
  readonly thingNames: Directory<string>;
  /** Attached to its one thing as EXCLUSIVE_THING. */
  readonly isExclusive: boolean;
}

interface Policy extends NamedPolicy {
  /** Place in the order of creation, among certificates too. */
  readonly order: number;
  /** As submitted. */
  readonly documentText: string;
  readonly createdAt: Millis;
  /** What it is attached to: `policyTargets` the other way round. */
  readonly targets: Directory<string>;
  readonly tags: Tags;
}

/** The same for the engine that owns it. */
export interface OwnedIdentity extends IdentityState {
  readonly certificates: MutableDirectory<OwnedCertificate>;
  readonly policies: MutableDirectory<OwnedPolicy>;
  readonly principals: Map<string, Set<string>>;
  readonly policyTargets: Map<string, Set<string>>;
  /** The `order` of the next certificate or policy. */
  nextOrder: number;
}

export interface OwnedCertificate extends Certificate {
  readonly thingNames: MutableDirectory<string>;
}

interface OwnedPolicy extends Policy {
  readonly targets: MutableDirectory<string>;
  tags: Tags;
}

export function emptyIdentity(): OwnedIdentity {
  return {
    certificates: new MutableDirectory<OwnedCertificate>(latestFirst),
    policies: new MutableDirectory<OwnedPolicy>(latestFirst),
    principals: new Map(),
    policyTargets: new Map(),
    nextOrder: 0,
  };
}

/** Names or ARNs in the order of their text. */
export function emptyNames(): MutableDirectory<string> {
  return new MutableDirectory(compareText);
}

function latestFirst(a: { readonly order: number }, b: { readonly order: number }): number {
  return b.order - a.order;
}
