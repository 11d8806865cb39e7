import type { Millis } from '../base/clock.ts';
import { formatArn } from '../protocol/names.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import type { CommandOf } from './commands.ts';
import { noCertificate } from './identity-lookup.ts';
import { emptyNames } from './identity-state.ts';
import { detachAllPolicies } from './policy-commands.ts';
import type { World } from './world.ts';

/** CreateKeysAndCertificate and its like: keys are made outside, and the private one stays there. */
export function createCertificate(
  world: World,
  command: CommandOf<'create-certificate'>,
  now: Millis,
): Reply<{ readonly certificateArn: string }> {
  const { certificateId, certificatePem, isActive, commonName, serialNumber } = command;
  const { identity } = world;
  const certificateArn = formatArn(world.account, 'cert', certificateId);
  if (identity.certificates.has(certificateId)) {
    return rejected('ResourceAlreadyExists', `Certificate ${certificateId} already exists.`, {
      resourceId: certificateId,
      resourceArn: certificateArn,
    });
  }
  identity.certificates.set(certificateId, {
    certificateId,
    order: identity.nextOrder++,
    certificatePem,
    status: isActive ? 'ACTIVE' : 'INACTIVE',
    createdAt: now,
    lastModifiedAt: now,
    commonName,
    serialNumber,
    isSniOnly: command.isSniOnly ?? false,
    thingNames: emptyNames(),
    isExclusive: false,
  });
  return accepted({ certificateArn });
}

/** Any status may follow any other (CHOICE); the same one again changes nothing. */
export function updateCertificate(
  world: World,
  { certificateId, status }: CommandOf<'update-certificate'>,
  now: Millis,
): Reply<undefined> {
  const { certificates } = world.identity;
  const certificate = certificates.get(certificateId);
  if (certificate === undefined) return noCertificate(certificateId);
  if (certificate.status !== status) {
    certificates.set(certificateId, { ...certificate, status, lastModifiedAt: now });
  }
  return accepted(undefined);
}

/** Not while ACTIVE, nor attached to a thing, nor to a policy: AWS's `forceDelete` is for the last alone. */
export function deleteCertificate(
  world: World,
  { certificateId, force }: CommandOf<'delete-certificate'>,
): Reply<undefined> {
  const { certificates, policyTargets } = world.identity;
  const certificate = certificates.get(certificateId);
  if (certificate === undefined) return noCertificate(certificateId);
  if (certificate.status === 'ACTIVE') {
    return rejected(
      'CertificateState',
      `Certificate must be deactivated (not ACTIVE) before deletion. id: ${certificateId}`,
    );
  }
  const arn = formatArn(world.account, 'cert', certificateId);
  if (certificate.thingNames.size > 0) {
    return rejected('DeleteConflict', `Things must be detached before deletion (arn=${arn})`);
  }
  if (policyTargets.has(arn) && !force) {
    return rejected(
      'DeleteConflict',
      `Certificate policies must be detached before deletion (arn=${arn})`,
    );
  }
  detachAllPolicies(world, arn);
  certificates.delete(certificateId);
  return accepted(undefined);
}
