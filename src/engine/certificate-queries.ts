import type { Millis } from '../base/clock.ts';
import { formatArn } from '../protocol/names.ts';
import { accepted, type Reply } from '../protocol/rejections.ts';
import type { CertificateStatus } from '../protocol/status.ts';
import { createdAfter } from './creation-order.ts';
import { noCertificate } from './identity-lookup.ts';
import type { Certificate } from './identity-state.ts';
import { type PageRequest, takePage } from './paging.ts';
import type { EngineView } from './state.ts';

interface CertificateSummary {
  readonly certificateArn: string;
  readonly certificateId: string;
  readonly status: CertificateStatus;
  readonly certificateMode: 'DEFAULT' | 'SNI_ONLY';
  readonly creationDate: Millis;
}

interface CertificateDetails extends CertificateSummary {
  readonly certificatePem: string;
  readonly ownedBy: string;
  readonly lastModifiedDate: Millis;
  readonly customerVersion: number;
}

/** All but the validity, which only the certificate itself tells. */
export function describeCertificate(
  view: EngineView,
  certificateId: string,
): Reply<CertificateDetails> {
  const certificate = view.identity.certificates.get(certificateId);
  if (certificate === undefined) return noCertificate(certificateId);
  return accepted({
    ...summaryOf(view, certificate),
    certificatePem: certificate.certificatePem,
    ownedBy: view.account.accountId,
    lastModifiedDate: certificate.lastModifiedAt,
    customerVersion: 1,
  });
}

/** Latest first unless asked otherwise. */
export function listCertificates(
  view: EngineView,
  isAscending: boolean,
  page: PageRequest,
): Reply<{ readonly certificates: readonly CertificateSummary[]; readonly nextToken?: string }> {
  const source = createdAfter(view.identity.certificates, isAscending, page.after);
  if (!source.ok) return source;
  const { items, ...rest } = takePage(
    source.value,
    page.limit,
    () => true,
    (certificate) => summaryOf(view, certificate),
    ({ order }) => String(order),
  );
  return accepted({ certificates: items, ...rest });
}

function summaryOf(
  { account }: EngineView,
  { certificateId, status, isSniOnly, createdAt }: Certificate,
): CertificateSummary {
  return {
    certificateArn: formatArn(account, 'cert', certificateId),
    certificateId,
    status,
    certificateMode: isSniOnly ? 'SNI_ONLY' : 'DEFAULT',
    creationDate: createdAt,
  };
}
