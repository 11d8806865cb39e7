import { join } from 'node:path';
import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  DeleteThingCommand,
  DetachThingPrincipalCommand,
  type IoTClient,
  RemoveThingFromThingGroupCommand,
} from '@aws-sdk/client-iot';
import { type Clock, SteerableClock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Batch } from '../device/population.ts';
import type { Account } from '../protocol/names.ts';
import { type BroughtFiles, readBrought, verifyBrought } from './brought-identities.ts';
import { Certificates } from './certificates.ts';
import { type CleanupProgress, type CleanupReport, cleanUp, dropJobs } from './cleanup.ts';
import { policyOf } from './device-policy.ts';
import { enableJobEvents, restoreJobEvents } from './event-configuration.ts';
import { type IdentityStore, type StoredIdentity, storedFiles } from './identity-store.ts';
import type { Journal } from './journal.ts';
import { inLanes } from './lanes.ts';
import { patiently } from './patience.ts';
import { Registry } from './registry.ts';
import { attachesThings, listsMembers } from './resource-calls.ts';
import type { PlannedBatch, ResourcePlan } from './resource-plan.ts';
import { isServiceError, setupError } from './service-errors.ts';

export interface ProvisionerOptions {
  readonly iot: IoTClient;
  readonly journal: Journal;
  readonly store: IdentityStore;
  readonly plan: ResourcePlan;
  /** Of wall time, for waiting until AWS has done what it does behind its answers. */
  readonly clock?: Clock;
  /** Lets nothing more begin. */
  readonly signal?: AbortSignal | undefined;
}

/** Groups, certificates and things that are ready, out of how many. */
export interface ProvisionProgress {
  readonly done: number;
  readonly total: number;
}

/** Who the things are over mutual TLS, as a fleet takes it. Secret. */
export type CloudIdentities =
  | { readonly kind: 'shared'; readonly identity: StoredIdentity }
  | { readonly kind: 'by-cohort'; readonly identities: Readonly<Record<string, StoredIdentity>> }
  /** Where those of the things are; `{thing}` stands for their plain names. */
  | {
      readonly kind: 'by-thing';
      readonly certificatePath: string;
      readonly keyPath: string;
      readonly passphrase: string | undefined;
    };

export function openProvisioner(options: ProvisionerOptions): Provisioner {
  return new Provisioner(options);
}

/**
 * Makes what a resource plan names. The journal has every resource before AWS is asked for it, so that
 * carrying the plan out again goes on where it ended, and cleaning up finds everything.
 */
export class Provisioner {
  readonly #iot: IoTClient;
  readonly #journal: Journal;
  readonly #store: IdentityStore;
  readonly #plan: ResourcePlan;
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #registry: Registry;
  readonly #certificates: Certificates;
  /** Of certificates that were there before, by name. */
  #brought: ReadonlyMap<string, string> = new Map();
  #progress: { done: number; readonly total: number; tell(): void } | undefined;

  constructor({ iot, journal, store, plan, clock, signal }: ProvisionerOptions) {
    this.#iot = iot;
    this.#journal = journal;
    this.#store = store;
    this.#plan = plan;
    this.#clock = clock ?? new SteerableClock();
    this.#signal = signal;
    this.#registry = new Registry(iot, journal, plan);
    const keyKind = plan.identity?.from === 'csr' ? 'ec' : 'rsa';
    this.#certificates = new Certificates({ iot, journal, store, keyKind });
  }

  /**
   * Makes, or verifies, everything that is there at the start; what joins later gets its certificate
   * already. Tells the account it is in. AppError for what stands in the way.
   */
  async provision(onProgress: (progress: ProvisionProgress) => void): Promise<Account> {
    this.#begin(onProgress);
    try {
      return await this.#provision();
    } catch (error) {
      throw setupError('make what the run needs', error);
    }
  }

  /** Registers the things of a batch that joins later. */
  async addThings({ firstIndex }: Pick<Batch, 'firstIndex'>): Promise<void> {
    const batch = this.#plan.batches.find((each) => each.firstIndex === firstIndex);
    if (batch === undefined) throw new RangeError(`no batch starts at thing ${firstIndex}`);
    await this.#verifyThings([batch]);
    await inLanes(batch.count, (place) => this.#addThing(firstIndex + place, batch.group));
  }

  /** Deletes things that the run has made; with a group, in wire names, takes them out of it only. */
  async removeThings({ from, to, group }: RemovedThings): Promise<void> {
    if (group === undefined && !this.#plan.hasOwnThings) {
      throw new AppError('scenario', 'things that were there before the run are not deleted');
    }
    await inLanes(to - from, async (place) => {
      const index = from + place;
      await (group === undefined
        ? this.#deleteThing(index)
        : this.#leave(this.#plan.wireThing(index), group));
    });
  }

  /** Before a job is created, so that it is deleted whatever happens. The id is that on the wire. */
  noteJob(wireJobId: string): Promise<void> {
    return this.#journal.append({ op: 'intend', kind: 'job', name: wireJobId });
  }

  /** Undefined where things connect without certificates. */
  async identities(): Promise<CloudIdentities | undefined> {
    const { identity } = this.#plan;
    if (identity === undefined) return undefined;
    const brought = this.#broughtFiles();
    if (identity.per === 'thing') {
      const { folder, certificate, key } = brought ?? {
        folder: this.#store.folder,
        ...storedFiles,
      };
      const pathOf = (pattern: string) => join(folder, pattern.replaceAll('{name}', '{thing}'));
      return {
        kind: 'by-thing',
        certificatePath: pathOf(certificate),
        keyPath: pathOf(key),
        passphrase: this.#store.passphrase,
      };
    }
    const pairs: [string, StoredIdentity][] = [];
    for (const name of identity.shared) {
      const found =
        brought === undefined ? await this.#store.read(name) : await readBrought(brought, name);
      if (found === undefined) {
        throw new AppError('setup', `the key of ${name} is not in ${this.#store.folder} any more`, {
          hint: 'clean up, and run again',
        });
      }
      pairs.push([name, found]);
    }
    const [first] = pairs;
    return identity.per === 'fleet' && first !== undefined
      ? { kind: 'shared', identity: first[1] }
      : { kind: 'by-cohort', identities: Object.fromEntries(pairs) };
  }

  /** Removes everything the journal has, whichever run of the process made it. */
  cleanUp(onProgress?: (progress: CleanupProgress) => void): Promise<CleanupReport> {
    return cleanUp({ ...this.#cleanupOptions(), onProgress });
  }

  /** What it has switched on for the whole account is put back, whatever else is kept. */
  restoreEvents(): Promise<void> {
    return restoreJobEvents(this.#iot, this.#journal, (entry) => this.#journal.append(entry));
  }

  /** Removes the jobs of an earlier run that kept its resources: their ids are wanted again. */
  async dropJobs(): Promise<void> {
    const { failed } = await dropJobs(this.#cleanupOptions());
    if (failed.length === 0) return;
    const jobs = failed.map(({ what, reason }) => `${what}: ${reason}`).join('\n');
    throw new AppError('setup', `jobs of the run before are in the way:\n${jobs}`, {
      hint: 'delete them on AWS, or run without --reuse',
    });
  }

  #cleanupOptions() {
    return { iot: this.#iot, journal: this.#journal, store: this.#store, clock: this.#clock };
  }

  async #provision(): Promise<Account> {
    const { batches, enablesEvents, groups, identity, policy } = this.#plan;
    const [first, ...later] = batches;
    await this.#verifyBrought();
    for (const group of groups) await this.#step(() => this.#registry.ensureGroup(group));
    await this.#registry.verifyTargets();
    await this.#verifyThings(first === undefined ? [] : [first]);
    if (this.#registry.account === undefined && first !== undefined) {
      await this.#registry.ensureThing(this.#plan.wireThing(first.firstIndex));
    }
    const { account } = this.#registry;
    if (account === undefined) throw new AppError('internal', 'no ARN has told the account');
    if (policy !== undefined) await this.#makePolicy(policy, account);
    for (const name of identity?.shared ?? []) {
      await this.#step(() => this.#certify(name, undefined));
    }
    if (first !== undefined) {
      await inLanes(first.count, (place) =>
        this.#step(() => this.#addThing(first.firstIndex + place, first.group)),
      );
    }
    for (const { firstIndex, count } of identity?.per === 'thing' ? later : []) {
      await inLanes(count, (place) => this.#step(() => this.#certifyThing(firstIndex + place)));
    }
    if (enablesEvents) await enableJobEvents(this.#iot, this.#journal);
    return account;
  }

  async #makePolicy(policy: string, account: Account): Promise<void> {
    await this.#registry.ensurePolicy(policy, policyOf(this.#plan, account));
    await this.#certificates.begin();
  }

  async #addThing(index: number, group: string | undefined): Promise<void> {
    const thingName = this.#plan.wireThing(index);
    if (this.#plan.hasOwnThings) await this.#registry.ensureThing(thingName);
    if (attachesThings(this.#plan)) await this.#attach(thingName, await this.#certifyThing(index));
    if (group !== undefined) await this.#join(thingName, group);
  }

  /** The ARN of the thing's own certificate. */
  #certifyThing(index: number): Promise<string> {
    return this.#certify(this.#plan.plainThing(index), this.#plan.wireThing(index));
  }

  async #certify(name: string, thing: string | undefined): Promise<string> {
    const { policy: policyName } = this.#plan;
    if (policyName === undefined) return this.#brought.get(name) ?? '';
    const target = await this.#certificates.ensure(name, thing);
    const attachment = `${policyName}/${name}`;
    if (this.#journal.open.withPolicy.has(attachment)) return target;
    await this.#iot.send(new AttachPolicyCommand({ policyName, target }));
    await this.#journal.append({ op: 'made', kind: 'policy-attachment', name: attachment });
    return target;
  }

  async #attach(thingName: string, principal: string): Promise<void> {
    if (this.#journal.open.attached.has(thingName)) return;
    const about = { kind: 'attachment', name: thingName } as const;
    // Of a certificate of its own the journal knows the thing already.
    const isBrought = this.#plan.policy === undefined;
    if (isBrought) await this.#journal.append({ op: 'intend', ...about, arn: principal });
    await this.#iot.send(new AttachThingPrincipalCommand({ thingName, principal }));
    await this.#journal.append({ op: 'made', ...about });
  }

  async #join(thingName: string, thingGroupName: string): Promise<void> {
    if (this.#journal.open.members.has(thingName)) return;
    await this.#iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName }));
    await this.#journal.append({ op: 'made', kind: 'membership', name: thingName });
  }

  async #leave(thingName: string, thingGroupName: string): Promise<void> {
    await this.#iot.send(new RemoveThingFromThingGroupCommand({ thingName, thingGroupName }));
    await this.#journal.append({ op: 'gone', kind: 'membership', name: thingName });
  }

  async #deleteThing(index: number): Promise<void> {
    const thingName = this.#plan.wireThing(index);
    const principal = this.#principalOf(index);
    if (principal !== undefined) {
      await this.#iot.send(new DetachThingPrincipalCommand({ thingName, principal }));
      await this.#journal.append({ op: 'gone', kind: 'attachment', name: thingName });
    }
    await patiently(
      this.#clock,
      () => this.#iot.send(new DeleteThingCommand({ thingName })),
      (error) => isServiceError(error, 'InvalidRequestException'),
    );
    await this.#journal.append({ op: 'gone', kind: 'thing', name: thingName });
  }

  #principalOf(index: number): string | undefined {
    const { attached, attachments } = this.#journal.open;
    const thingName = this.#plan.wireThing(index);
    if (!attached.has(thingName)) return undefined;
    return attachments.get(thingName) ?? this.#certificates.arnOf(this.#plan.plainThing(index));
  }

  async #verifyBrought(): Promise<void> {
    const files = this.#broughtFiles();
    const { identity, plainThing, size } = this.#plan;
    if (files === undefined || identity === undefined) return;
    const { per, shared } = identity;
    this.#brought = await (per === 'thing'
      ? verifyBrought(this.#iot, files, size, plainThing)
      : verifyBrought(this.#iot, files, shared.length, (index) => shared[index] ?? ''));
  }

  #broughtFiles(): BroughtFiles | undefined {
    const { identity } = this.#plan;
    if (identity?.from !== 'files') return undefined;
    return { folder: identity.folder ?? '.', ...identity.files };
  }

  /** Of things that were there before the run. */
  async #verifyThings(batches: readonly PlannedBatch[]): Promise<void> {
    if (this.#plan.hasOwnThings) return;
    for (const batch of batches) {
      const isFirst = batch.firstIndex === this.#plan.batches[0]?.firstIndex;
      await this.#registry.verifyThings(batch, isFirst && listsMembers(this.#plan));
    }
  }

  #begin(onProgress: (progress: ProvisionProgress) => void): void {
    const { batches, groups, identity, size } = this.#plan;
    const things = identity?.per === 'thing' ? size : (batches[0]?.count ?? 0);
    const total = groups.length + (identity?.shared.length ?? 0) + things;
    const progress = { done: 0, total, tell: () => onProgress({ done: progress.done, total }) };
    this.#progress = progress;
  }

  async #step(work: () => Promise<unknown>): Promise<void> {
    if (this.#signal?.aborted === true) {
      throw new AppError('setup', 'interrupted while the run was provisioned');
    }
    await work();
    if (this.#progress === undefined) return;
    this.#progress.done++;
    this.#progress.tell();
  }
}

export interface RemovedThings {
  readonly from: number;
  readonly to: number;
  readonly group?: string | undefined;
}
