import { listThingPrincipals } from '../engine/identity-queries.ts';
import { accepted } from '../protocol/rejections.ts';
import type { Tag } from '../protocol/tags.ts';
import type { Handler } from './http-api.ts';
import type { LocalAuthority } from './local-authority.ts';
import { type PageInput, pageOf } from './page-token.ts';
import type { Service } from './service.ts';

interface AttachPrincipalInput {
  readonly thingName: string;
  readonly principal: string;
  readonly thingPrincipalType?: 'EXCLUSIVE_THING' | 'NON_EXCLUSIVE_THING';
}

interface CreatePolicyInput {
  readonly policyName: string;
  readonly policyDocument: string;
  readonly tags?: readonly Tag[];
}

interface PolicyTargetInput {
  readonly policyName: string;
  readonly target: string;
}

/** Certificates and policies of devices (reference §7.7). */
export function identityHandlers(
  service: Service,
  authority: LocalAuthority,
): Readonly<Record<string, Handler>> {
  return {
    CreateKeysAndCertificate: ({ setAsActive = false }: { setAsActive?: boolean }) =>
      createKeysAndCertificate(service, authority, setAsActive),
    AttachThingPrincipal: ({ thingName, principal, thingPrincipalType }: AttachPrincipalInput) =>
      service.call({
        type: 'attach-principal',
        thingName,
        principal,
        isExclusive: thingPrincipalType === 'EXCLUSIVE_THING',
      }),
    DetachThingPrincipal: (input: { thingName: string; principal: string }) =>
      service.call({ type: 'detach-principal', ...input }),
    ListThingPrincipals: (input: { thingName: string } & PageInput) =>
      listThingPrincipals(service.view, input.thingName, pageOf(input)),
    CreatePolicy: (input: CreatePolicyInput) => service.call({ type: 'create-policy', ...input }),
    AttachPolicy: (input: PolicyTargetInput) => service.call({ type: 'attach-policy', ...input }),
    DetachPolicy: (input: PolicyTargetInput) => service.call({ type: 'detach-policy', ...input }),
  };
}

/** The private key goes into this one answer and nowhere else. */
async function createKeysAndCertificate(
  service: Service,
  authority: LocalAuthority,
  isActive: boolean,
) {
  const device = await (await authority()).issueDevice();
  const { certificateId, certificatePem, commonName, serialNumber } = device;
  const reply = service.call({
    type: 'create-certificate',
    certificateId,
    certificatePem,
    isActive,
    commonName,
    serialNumber,
  });
  if (!reply.ok) return reply;
  return accepted({
    certificateArn: reply.value.certificateArn,
    certificateId,
    certificatePem,
    keyPair: { PublicKey: device.publicKeyPem, PrivateKey: device.privateKeyPem },
  });
}
