import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import type { CommandOf } from './commands.ts';
import { findCertificate } from './identity-lookup.ts';
import type { OwnedCertificate } from './identity-state.ts';
import { addTo, removeFrom } from './keyed-sets.ts';
import { noThing } from './lookup.ts';
import type { World } from './world.ts';

/** AttachThingPrincipal. Attaching again succeeds (reference §7.7). */
export function attachPrincipal(
  world: World,
  { thingName, principal, isExclusive }: CommandOf<'attach-principal'>,
): Reply<undefined> {
  const found = findAttachment(world, thingName, principal);
  if (!found.ok) return found;
  const certificate = found.value;
  const { certificateId, thingNames } = certificate;
  const others = thingNames.size - (thingNames.has(thingName) ? 1 : 0);
  if (others > 0 && (isExclusive || certificate.isExclusive)) {
    return rejected(
      'InvalidRequest',
      `Principal ${principal} is attached to another thing and cannot be shared.`,
    );
  }
  thingNames.set(thingName, thingName);
  addTo(world.identity.principals, thingName, certificateId);
  // Attaching again without a type does not loosen an exclusive attachment.
  if (isExclusive) setExclusive(world, certificate, true);
  return accepted(undefined);
}

/** DetachThingPrincipal. Detaching what is not attached succeeds, as leaving a group does. */
export function detachPrincipal(
  world: World,
  { thingName, principal }: CommandOf<'detach-principal'>,
): Reply<undefined> {
  const found = findAttachment(world, thingName, principal);
  if (!found.ok) return found;
  const { certificateId, thingNames } = found.value;
  if (!thingNames.delete(thingName)) return accepted(undefined);
  removeFrom(world.identity.principals, thingName, certificateId);
  if (thingNames.size === 0) setExclusive(world, found.value, false);
  return accepted(undefined);
}

function setExclusive(world: World, certificate: OwnedCertificate, isExclusive: boolean): void {
  if (certificate.isExclusive === isExclusive) return;
  world.identity.certificates.set(certificate.certificateId, { ...certificate, isExclusive });
}

function findAttachment(
  world: World,
  thingName: string,
  principal: string,
): Reply<OwnedCertificate> {
  if (!world.things.has(thingName)) return noThing(thingName);
  return findCertificate(world, principal);
}
