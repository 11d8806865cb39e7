import type { IoTClient } from '@aws-sdk/client-iot';
import type { Clock } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { waitUntil } from '../base/wait-until.ts';
import { tellOrigin } from './certificate-origin.ts';
import { findCertificates } from './certificate-search.ts';
import { restoreJobEvents } from './event-configuration.ts';
import type { IdentityStore } from './identity-store.ts';
import type { Journal } from './journal.ts';
import type { JournalEntry } from './journal-entry.ts';
import { inLanes } from './lanes.ts';
import { isNothingOpen, type OpenCertificate, openCount } from './open-resources.ts';
import { Remover } from './remover.ts';
import { isAnswer, isServiceError, tellServiceError } from './service-errors.ts';

type CleanedKind =
  | 'event configuration'
  | 'job'
  | 'attachment'
  | 'certificate'
  | 'policy'
  | 'thing'
  | 'group'
  | 'keys';

/** What became of what a run has left. */
export interface CleanupReport {
  readonly removed: Readonly<Partial<Record<CleanedKind, number>>>;
  /** Intended or made, and not there any more. */
  readonly missing: Readonly<Partial<Record<CleanedKind, number>>>;
  /** Of that name, but not made by the run: left alone. */
  readonly spared: readonly string[];
  readonly failed: readonly { readonly what: string; readonly reason: string }[];
  /** Whether nothing of the run is left. */
  readonly isClean: boolean;
}

export interface CleanupOptions {
  readonly iot: IoTClient;
  readonly journal: Journal;
  readonly store: IdentityStore;
  /** Of wall time. */
  readonly clock: Clock;
  /** With every resource that is dealt with. */
  readonly onProgress?: ((progress: CleanupProgress) => void) | undefined;
}

export interface CleanupProgress {
  readonly done: number;
  readonly left: number;
}

/** What one removal came to. `spared`: something of that name is there that the run did not make. */
export type Removal = 'removed' | 'missing' | 'spared';

/**
 * Removes what the journal of a run leaves open, and says in the journal what is gone; doing it again
 * goes on with the rest. One resource that cannot be removed holds up no other. AppError when AWS cannot
 * be reached or does not know the credentials.
 */
export function cleanUp(options: CleanupOptions): Promise<CleanupReport> {
  return new Cleanup(options).run();
}

/** Only the jobs, whose ids another run of the same resources wants. */
export function dropJobs(options: CleanupOptions): Promise<CleanupReport> {
  return new Cleanup(options).runJobs();
}

class Cleanup {
  readonly #iot: IoTClient;
  readonly #journal: Journal;
  readonly #store: IdentityStore;
  readonly #clock: Clock;
  readonly #remover: Remover;
  readonly #tell: (done: number) => void;
  #done = 0;
  readonly #removed: Partial<Record<CleanedKind, number>> = {};
  readonly #missing: Partial<Record<CleanedKind, number>> = {};
  readonly #spared: string[] = [];
  readonly #failed: CleanupReport['failed'][number][] = [];
  /** That the journal could not be written: not all that is gone is known to be. */
  #unwritten: CleanupReport['failed'][number] | undefined;

  constructor({ iot, journal, store, clock, onProgress }: CleanupOptions) {
    this.#iot = iot;
    this.#journal = journal;
    this.#store = store;
    this.#clock = clock;
    this.#tell = (done) => onProgress?.({ done, left: openCount(journal.open) });
    this.#remover = new Remover(iot, journal.header.prefix, clock);
  }

  async run(): Promise<CleanupReport> {
    const { open } = this.#journal;
    await this.#restoreEvents();
    await this.#removeJobs();
    await this.#detachBrought();
    await this.#removeCertificates();
    await this.#eachName('policy', open.policies, (name, { isMade }) =>
      this.#remover.policy(name, isMade),
    );
    await this.#eachName('thing', open.things, (name, { isMade }) =>
      this.#remover.thing(name, isMade),
    );
    for (const names of generations(open.groups)) {
      await this.#eachName('group', names, (name, { isMade }) => this.#remover.group(name, isMade));
    }
    await this.#removeKeys();
    return this.#report();
  }

  async runJobs(): Promise<CleanupReport> {
    await this.#removeJobs();
    return this.#report();
  }

  #report(): CleanupReport {
    const unwritten = this.#unwritten === undefined ? [] : [this.#unwritten];
    const failed = [...this.#failed, ...unwritten];
    return {
      removed: this.#removed,
      missing: this.#missing,
      spared: this.#spared,
      failed,
      isClean: isNothingOpen(this.#journal.open) && failed.length === 0,
    };
  }

  #removeJobs(): Promise<void> {
    const { jobs } = this.#journal.open;
    return this.#eachName('job', jobs, (name) => this.#remover.job(name));
  }

  async #restoreEvents(): Promise<void> {
    if (this.#journal.open.formerEvents === undefined) return;
    await this.#attempt('event configuration', 'event configuration', async () => {
      await restoreJobEvents(this.#iot, this.#journal, (entry) => this.#note(entry));
      return 'removed';
    });
  }

  /** Removes all of one kind that have names of their own. */
  async #eachName<T>(
    kind: 'job' | 'policy' | 'thing' | 'group',
    resources: ReadonlyMap<string, T>,
    remove: (name: string, resource: T) => Promise<Removal>,
  ): Promise<void> {
    const all = [...resources];
    await inLanes(all.length, async (index) => {
      const [name, resource] = all[index] as [string, T];
      await this.#attempt(kind, `${kind} ${name}`, async () => {
        const removal = await remove(name, resource);
        await this.#note({ op: 'gone', kind, name });
        return removal;
      });
    });
  }

  /** Certificates of before the run stay; what attached them to things of it goes. */
  async #detachBrought(): Promise<void> {
    const all = [...this.#journal.open.attachments];
    await inLanes(all.length, async (index) => {
      const [thing, arn] = all[index] as [string, string];
      await this.#attempt('attachment', `attachment of thing ${thing}`, async () => {
        const removal = await this.#remover.detachOwn(thing, arn);
        await this.#note({ op: 'gone', kind: 'attachment', name: thing });
        return removal;
      });
    });
  }

  async #removeCertificates(): Promise<void> {
    const { certificates } = this.#journal.open;
    if (certificates.size === 0) return;
    const isSearched = await this.#searchUnsettled();
    const all = [...certificates];
    await inLanes(all.length, async (index) => {
      const [key, certificate] = all[index] as [string, OpenCertificate];
      const arns = [...certificate.arns];
      for (const arn of arns) await this.#removeCertificate(key, certificate, arn);
      if (certificate.isSettled || !isSearched) return;
      if (arns.length === 0) count(this.#missing, 'certificate');
      await this.#note({ op: 'gone', kind: 'certificate', name: certificate.name, key });
    });
  }

  async #removeCertificate(
    key: string,
    { name, thing }: OpenCertificate,
    arn: string,
  ): Promise<void> {
    const { detached, policies } = this.#journal.open;
    await this.#attempt('certificate', `certificate of ${name} (${arn})`, async () => {
      const origin = await tellOrigin(this.#iot, this.#store, {
        prefix: this.#journal.header.prefix,
        name,
        key,
        arn,
      });
      const removal =
        origin !== 'own'
          ? origin
          : await this.#remover.certificate({
              arn,
              thing: thing !== undefined && detached.has(thing) ? undefined : thing,
              policies: [...policies.keys()],
            });
      await this.#note({ op: 'gone', kind: 'certificate', name, key, arn });
      return removal;
    });
  }

  /** Finds what AWS made for keys of the run without its being told. False when that failed. */
  async #searchUnsettled(): Promise<boolean> {
    try {
      for (let search = 1; ; search++) {
        const missing = await this.#search();
        if (missing === 0 || search === searchesMax) return true;
        // What was made a moment ago may not be listed yet.
        await waitUntil(this.#clock, this.#clock.now() + searchPauseMs);
      }
    } catch (error) {
      this.#fail('certificates that were not answered for', error);
      return false;
    }
  }

  /** How many keys no certificate is known for; 0 where there is nothing to look for. */
  async #search(): Promise<number> {
    const { certificates, certificatesSinceAt: sinceAt } = this.#journal.open;
    const keys = new Set<string>();
    for (const [key, { isSettled }] of certificates) if (!isSettled) keys.add(key);
    if (keys.size === 0) return 0;
    const known = new Set([...certificates.values()].flatMap(({ arns }) => [...arns]));
    const found = await findCertificates(this.#iot, { keys, sinceAt, known });
    for (const [key, matches] of found) {
      const name = certificates.get(key)?.name ?? '';
      const lines = matches.map(({ arn }) => {
        return { op: 'made', kind: 'certificate', name, key, arn, repeated: true } as const;
      });
      await this.#note(...lines);
    }
    return [...keys].filter((key) => certificates.get(key)?.arns.size === 0).length;
  }

  /**
   * A disk that takes no more must not keep anything in the account: what is gone counts as gone, and
   * doing it all again does no harm.
   */
  async #note(...entries: readonly JournalEntry[]): Promise<void> {
    try {
      await this.#journal.append(...entries);
    } catch (error) {
      this.#unwritten ??= { what: this.#journal.path, reason: messageOf(error) };
    }
  }

  /** Not before all certificates are gone: until then their keys may still be of use. */
  async #removeKeys(): Promise<void> {
    if (this.#journal.open.certificates.size > 0) return;
    if (await this.#store.remove()) count(this.#removed, 'keys');
  }

  async #attempt(kind: CleanedKind, what: string, remove: () => Promise<Removal>): Promise<void> {
    try {
      const removal = await remove();
      if (removal === 'spared') this.#spared.push(what);
      else count(removal === 'removed' ? this.#removed : this.#missing, kind);
    } catch (error) {
      this.#fail(what, error);
    }
    this.#tell(++this.#done);
  }

  #fail(what: string, error: unknown): void {
    if (error instanceof AppError) throw error;
    if (!isAnswer(error) || isServiceError(error, ...strangers)) {
      throw new AppError(
        'setup',
        `AWS could not be asked to clean up: ${tellServiceError(error)}`,
        {
          hint: 'correct that, then `fleetrig cleanup <run-dir>`: it goes on where this ended',
          cause: error,
        },
      );
    }
    this.#failed.push({ what, reason: tellServiceError(error) });
  }
}

/** How often certificates are looked for that were asked for and not answered, and how far apart. */
const searchesMax = 3;
const searchPauseMs = 2000;

/** With these no other call would be answered better. */
const strangers = [
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'UnrecognizedClientException',
];

function count(counts: Partial<Record<CleanedKind, number>>, kind: CleanedKind): void {
  counts[kind] = (counts[kind] ?? 0) + 1;
}

/** Children first. A parent that is not of the run is no matter here. */
function generations<T extends { readonly parent: string | undefined }>(
  groups: ReadonlyMap<string, T>,
): ReadonlyMap<string, T>[] {
  const depthOf = (name: string | undefined): number => {
    const group = name === undefined ? undefined : groups.get(name);
    return group === undefined ? 0 : 1 + depthOf(group.parent);
  };
  const byDepth: Map<string, T>[] = [];
  for (const [name, group] of groups) {
    const depth = depthOf(name);
    byDepth[depth] ??= new Map();
    byDepth[depth].set(name, group);
  }
  return byDepth.filter(Boolean).reverse();
}
