import { CreateCertificateFromCsrCommand, type IoTClient } from '@aws-sdk/client-iot';
import { isoTime } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import {
  type FoundCertificate,
  findCertificates,
  newestCertificateAt,
} from './certificate-search.ts';
import { fingerprintOfKey, type KeyKind, makeKey, requestFor } from './device-key.ts';
import type { IdentityStore } from './identity-store.ts';
import type { Journal } from './journal.ts';

export interface CertificatesOptions {
  readonly iot: IoTClient;
  readonly journal: Journal;
  readonly store: IdentityStore;
  readonly keyKind: KeyKind;
}

/**
 * Makes the certificates of a run, so that none can be lost: its key is in the store and the journal
 * names the key before AWS is asked, and what AWS made for a key can be found by it
 * (docs/decisions/0007-provable-certificates.md).
 */
export class Certificates {
  readonly #options: CertificatesOptions;
  /** By name, of those that are made. */
  readonly #arns = new Map<string, string>();
  /** By name, of those that were asked for before a crash and not answered: their keys. */
  readonly #unanswered = new Map<string, string>();
  #searched: Promise<ReadonlyMap<string, readonly FoundCertificate[]>> | undefined;

  constructor(options: CertificatesOptions) {
    this.#options = options;
    for (const [key, { name, arns, isSettled }] of options.journal.open.certificates) {
      const [arn] = arns;
      if (arn !== undefined) this.#arns.set(name, arn);
      else if (!isSettled) this.#unanswered.set(name, key);
    }
  }

  /** Notes how far back a search would have to go. Before the first certificate of a run. */
  async begin(): Promise<void> {
    const { iot, journal } = this.#options;
    if (journal.open.certificatesSinceAt !== undefined) return;
    const at = (await newestCertificateAt(iot)) ?? 0;
    await journal.append({ op: 'made', kind: 'certificates-since', name: isoTime(at) });
  }

  /** The ARN of the certificate of that name, which is made unless it is there. */
  async ensure(name: string, thing: string | undefined): Promise<string> {
    const arn =
      this.#arns.get(name) ?? (await this.#findAnswer(name)) ?? (await this.#make(name, thing));
    this.#arns.set(name, arn);
    return arn;
  }

  /** Undefined when it is not made yet. */
  arnOf(name: string): string | undefined {
    return this.#arns.get(name);
  }

  async #findAnswer(name: string): Promise<string | undefined> {
    const key = this.#unanswered.get(name);
    if (key === undefined) return undefined;
    const { iot, journal, store } = this.#options;
    const { certificates, certificatesSinceAt: sinceAt } = journal.open;
    this.#searched ??= findCertificates(iot, {
      keys: new Set(this.#unanswered.values()),
      sinceAt,
      known: new Set([...certificates.values()].flatMap(({ arns }) => [...arns])),
    });
    const found = (await this.#searched).get(key) ?? [];
    const [first] = found;
    if (first === undefined) return undefined;
    if ((await store.readKey(name)) === undefined) return undefined;
    await store.saveCertificate(name, first.certificatePem);
    for (const { arn } of found)
      await journal.append({ op: 'made', kind: 'certificate', name, key, arn });
    return first.arn;
  }

  async #make(name: string, thing: string | undefined): Promise<string> {
    const { iot, journal, store } = this.#options;
    const privateKeyPem = await this.#keyFor(name);
    const key = fingerprintOfKey(privateKeyPem);
    const about = {
      kind: 'certificate',
      name,
      key,
      ...(thing === undefined ? {} : { thing }),
    } as const;
    const certificateSigningRequest = await requestFor(
      privateKeyPem,
      `${journal.header.prefix}${name}`.slice(0, commonNameMax),
    );
    await journal.append({ op: 'intend', ...about });
    const made = await iot.send(
      new CreateCertificateFromCsrCommand({ certificateSigningRequest, setAsActive: true }),
    );
    const { certificateArn: arn, certificatePem, $metadata } = made;
    if (arn === undefined || certificatePem === undefined) {
      throw new AppError('setup', 'AWS signed a certificate without telling which');
    }
    await store.saveCertificate(name, certificatePem);
    // An attempt that was not answered may have made one too.
    const isRepeated = ($metadata.attempts ?? 1) > 1 || this.#unanswered.has(name);
    await journal.append({ op: 'made', ...about, arn, ...(isRepeated ? { repeated: true } : {}) });
    return arn;
  }

  /** One that was stored before a crash is used again. */
  async #keyFor(name: string): Promise<string> {
    const { store, keyKind } = this.#options;
    const stored = await store.readKey(name);
    if (stored !== undefined) return stored;
    const made = await makeKey(keyKind);
    await store.saveKey(name, made);
    return made;
  }
}

/** Of X.509. */
const commonNameMax = 64;
