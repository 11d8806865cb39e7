import type { CleanupReport } from '../cloud/cleanup.ts';
import { runTags } from '../cloud/ownership.ts';
import type { Provisioner } from '../cloud/provisioner.ts';
import type { WireNames } from '../cloud/wire-names.ts';
import type { Batch } from '../device/population.ts';
import type { Tag } from '../protocol/tags.ts';
import type { CloudSettings } from './cloud-facts.ts';
import type { Leftovers, Provisioned, Registrar, RemovedThings } from './registrar.ts';

export interface AwsRegistrarOptions {
  readonly provisioner: Provisioner;
  readonly names: WireNames;
  readonly runId: string;
  readonly cloud: CloudSettings;
}

/**
 * Makes everything under the prefix of the run, and takes it away again unless it is to be kept: then only
 * job events go off.
 */
export class AwsRegistrar implements Registrar {
  readonly #options: AwsRegistrarOptions;

  constructor(options: AwsRegistrarOptions) {
    this.#options = options;
  }

  async provision(onProgress: (done: number, of: number) => void): Promise<Provisioned> {
    const { provisioner } = this.#options;
    await provisioner.dropJobs();
    const account = await provisioner.provision(({ done, total }) => onProgress(done, total));
    return { account, identities: await provisioner.identities() };
  }

  addThings(batch: Batch): Promise<void> {
    return this.#options.provisioner.addThings(batch);
  }

  removeThings({ group, ...range }: RemovedThings): Promise<void> {
    const { provisioner, names } = this.#options;
    return provisioner.removeThings({
      ...range,
      ...(group === undefined ? {} : { group: names.group(group) }),
    });
  }

  async noteJob(jobId: string): Promise<readonly Tag[]> {
    const { provisioner, names, runId } = this.#options;
    await provisioner.noteJob(names.job(jobId));
    return runTags({ runId, prefix: names.prefix }).map(({ Key = '', Value = '' }) => ({
      Key,
      Value,
    }));
  }

  async cleanUp(): Promise<Leftovers | undefined> {
    const { provisioner, names, cloud } = this.#options;
    if (cloud.isKept) {
      await provisioner.restoreEvents();
      // A job that goes on would reach what is not the run's own.
      if (names.thingPrefix === '') await provisioner.dropJobs();
      return undefined;
    }
    return leftoversOf(await provisioner.cleanUp());
  }
}

function leftoversOf({ removed, failed }: CleanupReport): Leftovers {
  const counts = Object.entries(removed).filter((entry): entry is [string, number] => {
    const [, count] = entry;
    return count !== undefined && count > 0;
  });
  return {
    removed: Object.fromEntries(counts),
    left: failed.map(({ what, reason }) => `${what}: ${reason}`),
  };
}
