import {
  DeleteThingCommand,
  type IoTClient,
  RemoveThingFromThingGroupCommand,
} from '@aws-sdk/client-iot';
import { AppError, messageOf } from '../base/errors.ts';
import { type Batch, thingNameOf } from '../device/population.ts';
import type { Identities } from '../fleet/identities.ts';
import { type Account, defaultAccount } from '../protocol/names.ts';
import type { Tag } from '../protocol/tags.ts';
import type { Plan } from '../scenario/plan.ts';
import type { EmulatorAdmin } from './emulator-admin.ts';
import { createFleetIdentity } from './fleet-identity.ts';
import {
  createGroups,
  findExistingJobs,
  inLanes,
  registerThings,
  thingNames,
} from './provision.ts';

/** What was there for the things when they connected. */
export interface Provisioned {
  readonly account: Account;
  /** Who the things are over TLS; undefined where nobody asks. */
  readonly identities: Identities | undefined;
}

/** What became of all that a run made. */
export interface Leftovers {
  /** How many were made and taken away again, by kind. */
  readonly removed: Readonly<Record<string, number>>;
  /** What is still there, each with the reason. */
  readonly left: readonly string[];
}

/** Things that leave by index, `to` not included: for good, or with a group, in plain names, only that. */
export interface RemovedThings {
  readonly from: number;
  readonly to: number;
  readonly group?: string | undefined;
}

/** Makes what a run needs on its target, and takes it away again where that outlives the run. */
export interface Registrar {
  /** Everything that must be there before the first thing connects. Throws AppError `setup`. */
  provision(onProgress: (done: number, of: number) => void): Promise<Provisioned>;
  /** Things that join later. */
  addThings(batch: Batch, group: string | undefined): Promise<void>;
  removeThings(range: RemovedThings): Promise<void>;
  /**
   * To be called before a job is created: what is not known of cannot be taken away. Tells the tags
   * that it is to carry.
   */
  noteJob(jobId: string): Promise<readonly Tag[]>;
  /** Undefined where nothing outlives the run, or where it is to be kept. */
  cleanUp(): Promise<Leftovers | undefined>;
}

/** For services that forget all of it, or whose owner started them for this: emulators. */
export class EmulatorRegistrar implements Registrar {
  readonly #plan: Plan;
  readonly #iot: IoTClient;
  readonly #admin: EmulatorAdmin | undefined;

  constructor(plan: Plan, iot: IoTClient, admin: EmulatorAdmin | undefined) {
    this.#plan = plan;
    this.#iot = iot;
    this.#admin = admin;
  }

  async provision(): Promise<Provisioned> {
    const { population, groups, fleetGroup, isTls } = this.#plan;
    if (this.#admin === undefined) await this.#refuseExistingJobs();
    try {
      const account = await createGroups(this.#iot, groups);
      const names = thingNames(population.thingName, population.batches[0]);
      await registerThings(this.#iot, this.#admin, names, fleetGroup);
      const identities = isTls ? await createFleetIdentity(this.#iot) : undefined;
      return { account: account ?? defaultAccount, identities };
    } catch (error) {
      throw new AppError('setup', `provisioning failed: ${messageOf(error)}`, {
        hint: 'check that the target is up and lets you create things and groups',
        cause: error,
      });
    }
  }

  async addThings(batch: Batch, group: string | undefined): Promise<void> {
    const names = thingNames(this.#plan.population.thingName, batch);
    await registerThings(this.#iot, this.#admin, names, group);
  }

  async removeThings({ from, to, group: thingGroupName }: RemovedThings): Promise<void> {
    const indexes = Array.from({ length: to - from }, (_, offset) => from + offset);
    await inLanes(indexes, async (index) => {
      const thingName = thingNameOf(this.#plan.population.thingName, index);
      await (thingGroupName === undefined
        ? this.#iot.send(new DeleteThingCommand({ thingName }))
        : this.#iot.send(new RemoveThingFromThingGroupCommand({ thingName, thingGroupName })));
    });
  }

  async noteJob(): Promise<readonly Tag[]> {
    return [];
  }

  async cleanUp(): Promise<undefined> {}

  async #refuseExistingJobs(): Promise<void> {
    const jobIds = this.#plan.actions.flatMap((action) =>
      action.type === 'create-job' ? [action.request.jobId] : [],
    );
    const existing = await findExistingJobs(this.#iot, jobIds);
    if (existing.length === 0) return;
    throw new AppError('setup', `the target has these jobs already: ${existing.join(', ')}`, {
      hint: 'delete them there, or choose other job ids; a jobId can be used once',
    });
  }
}
