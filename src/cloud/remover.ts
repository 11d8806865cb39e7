import {
  DeleteCertificateCommand,
  DeleteJobCommand,
  DeletePolicyCommand,
  DeleteThingCommand,
  DeleteThingGroupCommand,
  DescribeJobCommand,
  DescribeThingCommand,
  DescribeThingGroupCommand,
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
  GetPolicyCommand,
  type IoTClient,
  ListTagsForResourceCommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import type { Clock } from '../base/clock.ts';
import { waitUntil } from '../base/wait-until.ts';
import { parseArn } from '../protocol/names.ts';
import type { Removal } from './cleanup.ts';
import { isMarked, isTagged } from './ownership.ts';
import { patiently } from './patience.ts';
import { isMissingResource, isServiceError } from './service-errors.ts';

export interface RemovedCertificate {
  readonly arn: string;
  readonly thing: string | undefined;
  readonly policies: readonly string[];
}

/** A job is hardly ever gone sooner. */
const jobDeletionMs = 1500;
/** A big job's executions take AWS minutes to delete, and ten jobs may be deleted at a time. */
const jobPatienceMs = 10 * 60_000;
/** AWS: up to five minutes until a policy that was detached can be deleted. */
const policyPatienceMs = 6 * 60_000;

class StillThere extends Error {
  override readonly name = 'DeletionInProgress';
  // As an answer of the service has it: the job is told of as left, and nothing else is held up.
  readonly $metadata = { httpStatusCode: 409 };
}

/**
 * Removes single resources of one run. What AWS does behind its answers (detaching, deleting jobs) is
 * waited for: what it blocks is tried again. Throws what the service refuses for good.
 */
export class Remover {
  readonly #iot: IoTClient;
  readonly #prefix: string;
  readonly #clock: Clock;

  constructor(iot: IoTClient, prefix: string, clock: Clock) {
    this.#iot = iot;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  /** With its executions; returns when it is gone. */
  async job(jobId: string): Promise<Removal> {
    if (!this.#isOwnName(jobId)) return 'spared';
    try {
      await patiently(
        this.#clock,
        () => this.#iot.send(new DeleteJobCommand({ jobId, force: true })),
        // Ten jobs are being deleted already.
        (error) => isServiceError(error, 'LimitExceededException'),
        jobPatienceMs,
      );
    } catch (error) {
      if (isMissingResource(error)) return 'missing';
      // AWS does not say which error it gives for one that is being deleted already.
      if ((await this.#statusOf(jobId)) !== 'DELETION_IN_PROGRESS') throw error;
    }
    await waitUntil(this.#clock, this.#clock.now() + jobDeletionMs);
    await patiently(
      this.#clock,
      async () => {
        if ((await this.#statusOf(jobId)) !== undefined)
          throw new StillThere('AWS has not deleted it yet');
      },
      (error) => error instanceof StillThere,
      jobPatienceMs,
    );
    return 'removed';
  }

  /** Off its thing and its policies, inactive, and gone. */
  async certificate({ arn, thing, policies }: RemovedCertificate): Promise<Removal> {
    const certificateId = parseArn(arn)?.name ?? '';
    if (thing !== undefined) await this.detach(thing, arn);
    for (const policyName of policies) {
      await this.#ignoring(
        () => this.#iot.send(new DetachPolicyCommand({ policyName, target: arn })),
        // A policy that is gone is a flaw of the request, not a missing resource.
        (error) => isMissingResource(error) || isServiceError(error, 'InvalidRequestException'),
      );
    }
    try {
      await this.#iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }));
      await patiently(
        this.#clock,
        () => this.#iot.send(new DeleteCertificateCommand({ certificateId })),
        (error) => isServiceError(error, 'DeleteConflictException', 'CertificateStateException'),
      );
    } catch (error) {
      if (isMissingResource(error)) return 'missing';
      throw error;
    }
    return 'removed';
  }

  /** Only things of the run have got certificates of before. */
  async detachOwn(thingName: string, principal: string): Promise<Removal> {
    return this.#isOwnName(thingName) ? this.detach(thingName, principal) : 'spared';
  }

  async detach(thingName: string, principal: string): Promise<Removal> {
    const wasThere = await this.#ignoring(
      () => this.#iot.send(new DetachThingPrincipalCommand({ thingName, principal })),
      isMissingResource,
    );
    return wasThere ? 'removed' : 'missing';
  }

  /** `isKnown`: AWS said that the run has made it; else it is looked at first, as things and groups are. */
  async policy(policyName: string, isKnown: boolean): Promise<Removal> {
    if (!this.#isOwnName(policyName)) return 'spared';
    if (!isKnown) {
      const found = await this.#find(() => this.#iot.send(new GetPolicyCommand({ policyName })));
      if (found === undefined) return 'missing';
      const { tags } = await this.#iot.send(
        new ListTagsForResourceCommand({ resourceArn: found.policyArn ?? '' }),
      );
      if (!isTagged(tags, this.#prefix)) return 'spared';
    }
    try {
      await patiently(
        this.#clock,
        () => this.#iot.send(new DeletePolicyCommand({ policyName })),
        (error) => isServiceError(error, 'DeleteConflictException'),
        policyPatienceMs,
      );
    } catch (error) {
      if (isMissingResource(error)) return 'missing';
      throw error;
    }
    return 'removed';
  }

  async thing(thingName: string, isKnown: boolean): Promise<Removal> {
    if (!this.#isOwnName(thingName)) return 'spared';
    if (!isKnown) {
      const found = await this.#find(() => this.#iot.send(new DescribeThingCommand({ thingName })));
      if (found === undefined) return 'missing';
      if (!isMarked(found.attributes, this.#prefix)) return 'spared';
    }
    await patiently(
      this.#clock,
      () => this.#iot.send(new DeleteThingCommand({ thingName })),
      // A certificate that has been detached may still count for some seconds.
      (error) => isServiceError(error, 'InvalidRequestException'),
    );
    return 'removed';
  }

  async group(thingGroupName: string, isKnown: boolean): Promise<Removal> {
    if (!this.#isOwnName(thingGroupName)) return 'spared';
    if (!isKnown) {
      const found = await this.#find(() =>
        this.#iot.send(new DescribeThingGroupCommand({ thingGroupName })),
      );
      if (found === undefined) return 'missing';
      const { attributes } = found.thingGroupProperties?.attributePayload ?? {};
      if (!isMarked(attributes, this.#prefix)) return 'spared';
    }
    await patiently(
      this.#clock,
      () => this.#iot.send(new DeleteThingGroupCommand({ thingGroupName })),
      // A child that is gone may still count for some seconds.
      (error) => isServiceError(error, 'InvalidRequestException'),
    );
    return 'removed';
  }

  /** Whatever a journal says: what a run makes has its prefix. */
  #isOwnName(name: string): boolean {
    return name.startsWith(this.#prefix);
  }

  /** Undefined when there is no such job. */
  async #statusOf(jobId: string): Promise<string | undefined> {
    const found = await this.#find(() => this.#iot.send(new DescribeJobCommand({ jobId })));
    return found && (found.job?.status ?? 'UNKNOWN');
  }

  async #find<T>(look: () => Promise<T>): Promise<T | undefined> {
    try {
      return await look();
    } catch (error) {
      if (isMissingResource(error)) return undefined;
      throw error;
    }
  }

  /** False when it failed with what is no matter. */
  async #ignoring(
    work: () => Promise<unknown>,
    isNoMatter: (error: unknown) => boolean,
  ): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isNoMatter(error)) throw error;
      return false;
    }
  }
}
