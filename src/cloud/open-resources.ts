import { instantOf } from '../base/clock.ts';
import type { JournalEntry } from './journal-entry.ts';

/** A certificate, or what may have become one, by the key that it is for. */
export interface OpenCertificate {
  readonly name: string;
  readonly thing: string | undefined;
  readonly arns: Set<string>;
  /** Whether no other certificate for this key can be there: every call for it was answered. */
  isSettled: boolean;
}

/** One that has a name of its own, and whether it is known to have been made. */
interface OpenResource {
  readonly isMade: boolean;
  readonly arn: string | undefined;
  readonly parent: string | undefined;
}

/** What of a run is, or may be, still in the account. */
export interface OpenResources {
  readonly groups: Map<string, OpenResource>;
  readonly policies: Map<string, OpenResource>;
  readonly things: Map<string, OpenResource>;
  readonly jobs: Map<string, OpenResource>;
  /** By public key. */
  readonly certificates: Map<string, OpenCertificate>;
  /** Things that a certificate of before was attached to, with its ARN. */
  readonly attachments: Map<string, string>;
  /** Things that have their certificate. */
  readonly attached: Set<string>;
  /** Things that had one and have it no more. */
  readonly detached: Set<string>;
  /** Policies with the names of certificates that have them: `fr-1a2b3c4d-devices-0a1b2c3d/fleet`. */
  readonly withPolicy: Set<string>;
  /** Things that are in their group. */
  readonly members: Set<string>;
  /** How far back certificates are looked for, in milliseconds of the service's clock. */
  certificatesSinceAt: number | undefined;
  /** Which event types were on and off before. */
  formerEvents: Readonly<Record<string, boolean>> | undefined;
  /** The process that went on with the journal last; undefined where only its first one has it. */
  pid: number | undefined;
}

/** What the lines of a journal leave open. */
export function openResources(entries: Iterable<JournalEntry>): OpenResources {
  const open: OpenResources = {
    groups: new Map(),
    policies: new Map(),
    things: new Map(),
    jobs: new Map(),
    certificates: new Map(),
    attachments: new Map(),
    attached: new Set(),
    detached: new Set(),
    withPolicy: new Set(),
    members: new Set(),
    certificatesSinceAt: undefined,
    formerEvents: undefined,
    pid: undefined,
  };
  for (const entry of entries) applyEntry(open, entry);
  return open;
}

/** Takes one more line into account. */
export function applyEntry(open: OpenResources, entry: JournalEntry): void {
  const { op, kind, name } = entry;
  switch (kind) {
    case 'group':
      applyNamed(open.groups, entry);
      break;
    case 'policy':
      applyNamed(open.policies, entry);
      break;
    case 'job':
      applyNamed(open.jobs, entry);
      break;
    case 'thing':
      if (op === 'gone') open.members.delete(name);
      applyNamed(open.things, entry);
      break;
    case 'certificate':
      applyCertificate(open, entry);
      break;
    case 'attachment':
      applyAttachment(open, entry);
      break;
    case 'policy-attachment':
      open.withPolicy.add(name);
      break;
    case 'membership':
      if (op === 'gone') open.members.delete(name);
      else open.members.add(name);
      break;
    case 'certificates-since':
      open.certificatesSinceAt ??= instantOf(name);
      break;
    case 'event-configuration':
      if (op === 'gone') open.formerEvents = undefined;
      else open.formerEvents ??= entry.former;
      break;
    case 'process':
      open.pid = Number(name);
  }
}

export function isNothingOpen(open: OpenResources): boolean {
  return openCount(open) === 0;
}

/** How many resources are to be removed or put back. */
export function openCount(open: OpenResources): number {
  const { groups, policies, things, jobs, certificates, attachments, formerEvents } = open;
  const kinds = [groups, policies, things, jobs, certificates, attachments];
  const events = formerEvents === undefined ? 0 : 1;
  return kinds.reduce((sum, { size }) => sum + size, events);
}

function applyNamed(known: Map<string, OpenResource>, entry: JournalEntry): void {
  const { op, name, arn, parent } = entry;
  if (op === 'gone') {
    known.delete(name);
    return;
  }
  const before = known.get(name);
  known.set(name, {
    isMade: op === 'made' || before?.isMade === true,
    arn: arn ?? before?.arn,
    parent: parent ?? before?.parent,
  });
}

/** `gone` names one certificate by its ARN, or by its key alone what turned out never to have been made. */
function applyCertificate({ certificates }: OpenResources, entry: JournalEntry): void {
  const { op, name, key = '', arn, thing, repeated } = entry;
  const known = certificates.get(key);
  if (op === 'gone') {
    if (known === undefined) return;
    if (arn === undefined) known.isSettled = true;
    else known.arns.delete(arn);
    if (known.isSettled && known.arns.size === 0) certificates.delete(key);
    return;
  }
  const certificate = known ?? { name, thing, arns: new Set(), isSettled: true };
  certificates.set(key, certificate);
  if (op === 'intend') certificate.isSettled = false;
  else if (repeated !== true) certificate.isSettled = true;
  if (arn !== undefined) certificate.arns.add(arn);
}

function applyAttachment(open: OpenResources, { op, name, arn }: JournalEntry): void {
  const { attachments, attached, detached } = open;
  if (op === 'gone') {
    attached.delete(name);
    attachments.delete(name);
    detached.add(name);
    return;
  }
  detached.delete(name);
  if (op === 'made') attached.add(name);
  if (arn !== undefined) attachments.set(name, arn);
}
