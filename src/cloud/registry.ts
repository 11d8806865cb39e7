import {
  CreatePolicyCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DescribeThingCommand,
  DescribeThingGroupCommand,
  GetPolicyCommand,
  type IoTClient,
  ListTagsForResourceCommand,
  ListThingsInThingGroupCommand,
} from '@aws-sdk/client-iot';
import { AppError } from '../base/errors.ts';
import { type Account, parseArn } from '../protocol/names.ts';
import type { Journal } from './journal.ts';
import { inLanes } from './lanes.ts';
import { isMarked, isTagged, runAttributes, runTags } from './ownership.ts';
import { membersPerPage } from './resource-calls.ts';
import type { PlannedBatch, ResourcePlan } from './resource-plan.ts';
import { isMissingResource, isServiceError } from './service-errors.ts';

type NamedKind = 'group' | 'policy' | 'thing';

const missingShown = 5;

/**
 * Groups, policies and things of a plan: makes those of the run, each under an intent of the journal, and
 * looks that the others are there. What is there and not of the run is refused, never taken over.
 */
export class Registry {
  readonly #iot: IoTClient;
  readonly #journal: Journal;
  readonly #plan: ResourcePlan;
  #account: Account | undefined;
  /** Of groups that were listed, in full. */
  readonly #members = new Map<string, ReadonlySet<string>>();

  constructor(iot: IoTClient, journal: Journal, plan: ResourcePlan) {
    this.#iot = iot;
    this.#journal = journal;
    this.#plan = plan;
  }

  /** As the first ARN told it. */
  get account(): Account | undefined {
    return this.#account;
  }

  /** Makes a group of the run; looks for one that is said to be there. Its parent comes before it. */
  async ensureGroup({ name, parent }: ResourcePlan['groups'][number]): Promise<void> {
    if (!this.#plan.hasOwnGroups) return this.#findGroup(name);
    await this.#ensure('group', name, { parent }, async () => {
      const { thingGroupArn } = await this.#iot.send(
        new CreateThingGroupCommand({
          thingGroupName: name,
          parentGroupName: parent,
          thingGroupProperties: {
            thingGroupDescription: `fleetrig run ${this.#plan.prefix}`,
            attributePayload: { attributes: runAttributes(this.#plan.prefix) },
          },
          tags: runTags(this.#plan),
        }),
      );
      return thingGroupArn;
    });
  }

  async ensureThing(name: string): Promise<void> {
    if (!this.#plan.hasOwnThings) return;
    await this.#ensure('thing', name, {}, async () => {
      const { thingArn } = await this.#iot.send(
        new CreateThingCommand({
          thingName: name,
          attributePayload: { attributes: runAttributes(this.#plan.prefix) },
        }),
      );
      return thingArn;
    });
  }

  async ensurePolicy(name: string, policyDocument: string): Promise<void> {
    await this.#ensure('policy', name, {}, async () => {
      const { policyArn } = await this.#iot.send(
        new CreatePolicyCommand({ policyName: name, policyDocument, tags: runTags(this.#plan) }),
      );
      return policyArn;
    });
  }

  /** That all of them are there; by the list of the fleet's group, or one by one. Changes nothing. */
  async verifyThings({ firstIndex, count }: PlannedBatch, byGroup: boolean): Promise<void> {
    const { fleetGroup, wireThing } = this.#plan;
    const members =
      byGroup && fleetGroup !== undefined ? await this.#membersOf(fleetGroup) : undefined;
    const missing: string[] = [];
    if (members === undefined) {
      await inLanes(count, async (place) => {
        const name = wireThing(firstIndex + place);
        if (!(await this.#hasThing(name))) missing.push(name);
      });
    } else {
      for (let place = 0; place < count; place++) {
        const name = wireThing(firstIndex + place);
        if (!members.has(name)) missing.push(name);
      }
    }
    if (missing.length === 0) return;
    const shown = missing.sort().slice(0, missingShown).join(', ');
    const rest = missing.length - missingShown;
    const where = members === undefined ? 'in the registry' : `in group ${fleetGroup}`;
    throw new AppError(
      'setup',
      `things: existing, but ${missing.length} of ${count} are not ${where}: ${shown}${rest > 0 ? ` and ${rest} more` : ''}`,
      {
        hint: 'correct fleet.thingName and fleet.things, or let the run make them: things: create',
      },
    );
  }

  /** That no group of before that jobs are for holds a thing which is not the plan's: a job would reach it. */
  async verifyTargets(): Promise<void> {
    const { hasOwnGroups, size, targetGroups, wireThing } = this.#plan;
    if (hasOwnGroups || targetGroups.length === 0) return;
    const own = new Set(Array.from({ length: size }, (_, index) => wireThing(index)));
    for (const group of targetGroups) {
      const others = [...(await this.#membersOf(group, own))].filter((name) => !own.has(name));
      const [first] = others.sort();
      if (first === undefined) continue;
      throw new AppError(
        'setup',
        `group ${group} holds things that are not of this fleet, and a job would reach them: ${first}${others.length > 1 ? ' and others' : ''}`,
        { hint: 'use a group that holds things of fleet.thingName only' },
      );
    }
  }

  /** `create` makes one, or is told that it is there already; both are the same where it is the run's. */
  async #ensure(
    kind: NamedKind,
    name: string,
    about: { readonly parent?: string | undefined },
    create: () => Promise<string | undefined>,
  ): Promise<void> {
    const known = this.#known(kind).get(name);
    if (known?.isMade === true) {
      this.#learn(known.arn);
      return;
    }
    const { parent } = about;
    const entry = { kind, name, ...(parent === undefined ? {} : { parent }) } as const;
    if (known === undefined) await this.#journal.append({ op: 'intend', ...entry });
    const arn = await create().catch((error: unknown) => this.#adopt(kind, name, error));
    this.#learn(arn);
    // Things are too many to keep an ARN that only their names differ in.
    const keepsArn = arn !== undefined && (kind !== 'thing' || this.#known('thing').size === 1);
    await this.#journal.append({ op: 'made', ...entry, ...(keepsArn ? { arn } : {}) });
  }

  /** The ARN of what is there already, when the run made it and was not told; else it is refused. */
  async #adopt(kind: NamedKind, name: string, error: unknown): Promise<string | undefined> {
    if (!isServiceError(error, 'ResourceAlreadyExistsException')) throw error;
    const { resourceArn } = error as { resourceArn?: string };
    const found = await this.#lookUp(kind, name, resourceArn);
    if (found.isOwn) return found.arn;
    await this.#journal.append({ op: 'gone', kind, name });
    throw new AppError('setup', `${kind} ${name} is there already, and this run did not make it`, {
      hint: 'run again: the names of a run are drawn anew each time',
      cause: error,
    });
  }

  async #lookUp(kind: NamedKind, name: string, knownArn: string | undefined) {
    const { prefix } = this.#plan;
    if (kind === 'thing') {
      const thing = await this.#iot.send(new DescribeThingCommand({ thingName: name }));
      return { arn: thing.thingArn, isOwn: isMarked(thing.attributes, prefix) };
    }
    if (kind === 'group') {
      const { thingGroupArn, thingGroupProperties } = await this.#iot.send(
        new DescribeThingGroupCommand({ thingGroupName: name }),
      );
      const { attributes } = thingGroupProperties?.attributePayload ?? {};
      return { arn: thingGroupArn, isOwn: isMarked(attributes, prefix) };
    }
    // The refusal need not tell it.
    const arn =
      knownArn ?? (await this.#iot.send(new GetPolicyCommand({ policyName: name }))).policyArn;
    const { tags } = await this.#iot.send(
      new ListTagsForResourceCommand({ resourceArn: arn ?? '' }),
    );
    return { arn, isOwn: isTagged(tags, prefix) };
  }

  #known(kind: NamedKind) {
    const { groups, policies, things } = this.#journal.open;
    return { group: groups, policy: policies, thing: things }[kind];
  }

  async #findGroup(name: string): Promise<void> {
    try {
      const { thingGroupArn } = await this.#iot.send(
        new DescribeThingGroupCommand({ thingGroupName: name }),
      );
      this.#learn(thingGroupArn);
    } catch (cause) {
      if (!isMissingResource(cause)) throw cause;
      throw new AppError('setup', `group: existing, but there is no group ${name}`, {
        hint: 'correct its name, or let the run make it: group: create',
        cause,
      });
    }
  }

  async #hasThing(thingName: string): Promise<boolean> {
    try {
      const { thingArn } = await this.#iot.send(new DescribeThingCommand({ thingName }));
      this.#learn(thingArn);
      return true;
    } catch (error) {
      if (isMissingResource(error)) return false;
      throw error;
    }
  }

  /** Those of its child groups too. With `own`: no more than the first page that holds another. */
  async #membersOf(
    thingGroupName: string,
    own?: ReadonlySet<string>,
  ): Promise<ReadonlySet<string>> {
    const known = this.#members.get(thingGroupName);
    if (known !== undefined) return known;
    const members = new Set<string>();
    let nextToken: string | undefined;
    do {
      const page = await this.#iot.send(
        new ListThingsInThingGroupCommand({
          thingGroupName,
          recursive: true,
          maxResults: membersPerPage,
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      );
      for (const name of page.things ?? []) members.add(name);
      if (own !== undefined && page.things?.some((name) => !own.has(name))) return members;
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    this.#members.set(thingGroupName, members);
    return members;
  }

  #learn(arn: string | undefined): void {
    if (this.#account !== undefined) return;
    const parsed = parseArn(arn ?? '');
    if (parsed === undefined) return;
    const { partition, region, accountId } = parsed;
    this.#account = { partition, region, accountId };
  }
}
