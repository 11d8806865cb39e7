import { describeCertificate, listCertificates } from '../engine/certificate-queries.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import { type CertificateStatus, certificateStatuses } from '../protocol/status.ts';
import type { DeviceCertificate } from './certificate-authority.ts';
import { readCertificate, validityOf } from './certificate-facts.ts';
import type { Handler } from './http-api.ts';
import type { LocalAuthority } from './local-authority.ts';
import { type PageInput, pageOf } from './page-token.ts';
import type { Service } from './service.ts';

interface FromCsrInput {
  readonly certificateSigningRequest: string;
  readonly setAsActive?: boolean;
}

interface RegisterInput {
  readonly certificatePem: string;
  readonly status?: string;
}

/** AWS says so of this list alone. */
const certificatesPerPage = 25;

/** The life of certificates (reference §7.7, and AWS's API reference for what that leaves out). */
export function certificateHandlers(
  service: Service,
  authority: LocalAuthority,
): Readonly<Record<string, Handler>> {
  return {
    CreateKeysAndCertificate: ({ setAsActive = false }: { setAsActive?: boolean }) =>
      createKeysAndCertificate(service, authority, setAsActive),
    CreateCertificateFromCsr: (input: FromCsrInput) => createFromCsr(service, authority, input),
    RegisterCertificateWithoutCA: (input: RegisterInput) => register(service, input),
    DescribeCertificate: ({ certificateId }: { certificateId: string }) => {
      const found = describeCertificate(service.view, certificateId);
      if (!found.ok) return found;
      const validity = validityOf(found.value.certificatePem);
      return accepted({ certificateDescription: { ...found.value, validity } });
    },
    ListCertificates: ({ ascendingOrder = false, ...page }: ListCertificatesInput) =>
      listCertificates(
        service.view,
        ascendingOrder,
        pageOf({ maxResults: certificatesPerPage, ...page }),
      ),
    UpdateCertificate: (input: { certificateId: string; newStatus: string }) => {
      const status = statusOf(input.newStatus);
      if (!status.ok) return status;
      const { certificateId } = input;
      return service.call({ type: 'update-certificate', certificateId, status: status.value });
    },
    DeleteCertificate: (input: { certificateId: string; forceDelete?: boolean }) => {
      const { certificateId, forceDelete: force = false } = input;
      return service.call({ type: 'delete-certificate', certificateId, force });
    },
  };
}

type ListCertificatesInput = { readonly ascendingOrder?: boolean } & PageInput;

/** The private key goes into this one answer and nowhere else. */
async function createKeysAndCertificate(
  service: Service,
  authority: LocalAuthority,
  isActive: boolean,
) {
  const device = await (await authority()).issueDevice();
  const reply = keep(service, device, isActive);
  if (!reply.ok) return reply;
  return accepted({
    ...reply.value,
    certificatePem: device.certificatePem,
    keyPair: { PublicKey: device.publicKeyPem, PrivateKey: device.privateKeyPem },
  });
}

async function createFromCsr(
  service: Service,
  authority: LocalAuthority,
  { certificateSigningRequest, setAsActive = false }: FromCsrInput,
) {
  const { readSigningRequest } = await import('./signing-request.ts');
  const request = await readSigningRequest(certificateSigningRequest);
  if (!request.ok) return request;
  const device = await (await authority()).issueFor(request.value);
  const reply = keep(service, device, setAsActive);
  if (!reply.ok) return reply;
  return accepted({ ...reply.value, certificatePem: device.certificatePem });
}

/** INACTIVE unless asked for (CHOICE). */
function register(service: Service, { certificatePem, status = 'INACTIVE' }: RegisterInput) {
  const wanted = statusOf(status);
  if (!wanted.ok) return wanted;
  if (wanted.value === 'REVOKED') {
    return rejected('InvalidRequest', 'A certificate cannot be registered as REVOKED.');
  }
  const read = readCertificate(certificatePem);
  if (!read.ok) return read;
  return keep(service, read.value, wanted.value === 'ACTIVE', true);
}

function keep(
  service: Service,
  certificate: DeviceCertificate,
  isActive: boolean,
  isSniOnly = false,
) {
  const { certificateId, certificatePem, commonName, serialNumber } = certificate;
  const reply = service.call({
    type: 'create-certificate',
    certificateId,
    certificatePem,
    isActive,
    commonName,
    serialNumber,
    ...(isSniOnly ? { isSniOnly } : {}),
  });
  return reply.ok ? accepted({ ...reply.value, certificateId }) : reply;
}

/** AWS's other statuses are its own to set, or deprecated (CHOICE: refused). */
function statusOf(text: string): Reply<CertificateStatus> {
  const status = certificateStatuses.find((each) => each === text);
  return status === undefined
    ? rejected('InvalidRequest', `The status ${text} cannot be set.`)
    : accepted(status);
}
