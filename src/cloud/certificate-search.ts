import {
  type Certificate,
  DescribeCertificateCommand,
  type IoTClient,
  ListCertificatesCommand,
} from '@aws-sdk/client-iot';
import { fingerprintOfCertificate } from './device-key.ts';
import { isMissingResource } from './service-errors.ts';

export interface FoundCertificate {
  readonly arn: string;
  readonly certificatePem: string;
}

export interface CertificateSearch {
  /** Public keys, as SHA-256 in hex. */
  readonly keys: ReadonlySet<string>;
  /** By the service's clock, in milliseconds; all there is when undefined. */
  readonly sinceAt: number | undefined;
  /** ARNs that need no looking at. */
  readonly known: ReadonlySet<string>;
}

/** AWS's creation dates are whole seconds. */
const secondMs = 1000;
const certificatesPerPage = 250;

/** When the newest certificate of the account was made; undefined where there is none. */
export async function newestCertificateAt(iot: IoTClient): Promise<number | undefined> {
  const { certificates = [] } = await iot.send(
    new ListCertificatesCommand({ pageSize: 1, ascendingOrder: false }),
  );
  return certificates[0]?.creationDate?.getTime();
}

/** The certificates for these keys. AWS lists them without their keys, so each new one is looked at. */
export async function findCertificates(
  iot: IoTClient,
  { keys, sinceAt = Number.NEGATIVE_INFINITY, known }: CertificateSearch,
): Promise<ReadonlyMap<string, readonly FoundCertificate[]>> {
  const found = new Map<string, FoundCertificate[]>();
  for await (const { certificateId = '', certificateArn: arn = '' } of listSince(iot, sinceAt)) {
    if (known.has(arn)) continue;
    const certificatePem = await pemOf(iot, certificateId);
    if (certificatePem === undefined) continue;
    const key = fingerprintOfCertificate(certificatePem);
    if (keys.has(key)) found.set(key, [...(found.get(key) ?? []), { arn, certificatePem }]);
  }
  return found;
}

/** Newest first, as AWS lists them. */
async function* listSince(iot: IoTClient, sinceAt: number): AsyncGenerator<Certificate> {
  let marker: string | undefined;
  do {
    const { certificates = [], nextMarker } = await iot.send(
      new ListCertificatesCommand({
        pageSize: certificatesPerPage,
        ascendingOrder: false,
        ...(marker === undefined ? {} : { marker }),
      }),
    );
    for (const certificate of certificates) {
      if ((certificate.creationDate?.getTime() ?? sinceAt) < sinceAt - secondMs) return;
      yield certificate;
    }
    marker = nextMarker;
  } while (marker !== undefined);
}

/** Undefined when it went meanwhile. */
async function pemOf(iot: IoTClient, certificateId: string): Promise<string | undefined> {
  try {
    const described = await iot.send(new DescribeCertificateCommand({ certificateId }));
    return described.certificateDescription?.certificatePem;
  } catch (error) {
    if (isMissingResource(error)) return undefined;
    throw error;
  }
}
