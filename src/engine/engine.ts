import type { Millis } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Dialect } from '../protocol/dialect.ts';
import type { Account } from '../protocol/names.ts';
import { accepted, type Reply } from '../protocol/rejections.ts';
import { createCertificate, deleteCertificate, updateCertificate } from './certificate-commands.ts';
import type { CommandOf, CommandResults, CommandType, Effect } from './commands.ts';
import {
  createDynamicGroup,
  deleteDynamicGroup,
  finishBuild,
  setConnectivity,
  updateDynamicGroup,
} from './dynamic-groups.ts';
import {
  cancelExecution,
  deleteOneExecution,
  startNext,
  updateExecution,
} from './execution-commands.ts';
import { createGroup, deleteGroup } from './group-commands.ts';
import { associateTargets, cancelJob, createJob, deleteJob, updateJob } from './job-commands.ts';
import { deleteJobRecords } from './job-end.ts';
import { joinGroup, leaveGroup, provision } from './member-commands.ts';
import { attachPolicy, createPolicy, deletePolicy, detachPolicy } from './policy-commands.ts';
import { attachPrincipal, detachPrincipal } from './principal-commands.ts';
import { updateGroup, updateMemberships, updateThing } from './registry-updates.ts';
import { release } from './release.ts';
import { followSchedule } from './schedule.ts';
import { retryNow, timeOut } from './settle.ts';
import type { EngineView } from './state.ts';
import { continueSweep, dropJob } from './sweep.ts';
import { tagResource, untagResource } from './tags.ts';
import { createTemplate, deleteTemplate } from './templates.ts';
import { createThing, deleteThing } from './thing-commands.ts';
import { continueUnveiling } from './visibility.ts';
import { createWorld, type Deadline, type World } from './world.ts';

export interface EngineOptions {
  readonly account: Account;
  readonly dialect: Dialect;
  /** Ids and lateness are drawn from it, so that a run repeats. */
  readonly random: Random;
}

export interface Handled<T extends CommandType> {
  /** Goes out first: the requester hears before anyone else (reference §14.1). */
  readonly reply: Reply<CommandResults[T]>;
  readonly effects: readonly Effect[];
}

type Handlers = {
  readonly [T in CommandType]: (
    world: World,
    command: CommandOf<T>,
    now: Millis,
  ) => Reply<CommandResults[T]>;
};

const handlers: Handlers = {
  'start-next': startNext,
  'update-execution': updateExecution,
  'create-job': createJob,
  'update-job': updateJob,
  'cancel-job': cancelJob,
  'delete-job': deleteJob,
  'associate-targets': associateTargets,
  'cancel-execution': cancelExecution,
  'delete-execution': deleteOneExecution,
  'create-thing': createThing,
  'delete-thing': deleteThing,
  'create-group': createGroup,
  'delete-group': deleteGroup,
  'join-group': joinGroup,
  'leave-group': leaveGroup,
  provision,
  'update-thing': updateThing,
  'update-group': updateGroup,
  'update-memberships': updateMemberships,
  'create-dynamic-group': createDynamicGroup,
  'update-dynamic-group': updateDynamicGroup,
  'delete-dynamic-group': deleteDynamicGroup,
  connectivity: setConnectivity,
  'create-template': createTemplate,
  'delete-template': deleteTemplate,
  'tag-resource': tagResource,
  'untag-resource': untagResource,
  'create-certificate': createCertificate,
  'update-certificate': updateCertificate,
  'delete-certificate': deleteCertificate,
  'attach-principal': attachPrincipal,
  'detach-principal': detachPrincipal,
  'create-policy': createPolicy,
  'delete-policy': deletePolicy,
  'attach-policy': attachPolicy,
  'detach-policy': detachPolicy,
  'configure-events': (world, { enabled }, now) => {
    world.events = {
      enabled: { ...world.events.enabled, ...enabled },
      createdAt: world.events.createdAt ?? now,
      lastModifiedAt: now,
    };
    return accepted(undefined);
  },
};

/**
 * The Jobs service and its registry as a machine: commands in, replies and effects out. It never reads
 * a clock; callers tell it the time, which does not run backwards, and wake it when it asks. What is
 * due before a command must have been woken first; the driver sees to that.
 */
export class Engine {
  readonly #world: World;

  constructor({ account, dialect, random }: EngineOptions) {
    this.#world = createWorld(account, dialect, random);
  }

  /** For the `*-queries.ts`. Changes with the next command. */
  get view(): EngineView {
    return this.#world;
  }

  handle<T extends CommandType>(command: CommandOf<T>, now: Millis): Handled<T> {
    // The table pairs each type with its handler; TypeScript cannot follow that through a generic.
    const handler = handlers[command.type as T] as Handlers[T];
    const reply = handler(this.#world, command, now);
    return { reply, effects: this.#takeEffects() };
  }

  /** When it wants to be woken next. */
  nextDeadline(): Millis | undefined {
    return this.#world.agenda.nextAt;
  }

  /**
   * Does what is due up to `now`, each at its own time and in order: a timer that fires late neither
   * slows a rollout down nor makes it jump (reference §14.6).
   */
  wake(now: Millis): readonly Effect[] {
    const { agenda } = this.#world;
    for (let at = agenda.nextAt; at !== undefined && at <= now; at = agenda.nextAt) {
      const deadline = agenda.takeDue(at);
      if (deadline !== undefined) meet(this.#world, deadline, at);
    }
    return this.#takeEffects();
  }

  #takeEffects(): readonly Effect[] {
    const effects = this.#world.outbox;
    this.#world.outbox = [];
    return effects;
  }
}

function meet(world: World, deadline: Deadline, now: Millis): void {
  switch (deadline.type) {
    case 'timeout':
      timeOut(world, deadline.execution, now);
      return;
    case 'retry':
      retryNow(world, deadline.execution, now);
      return;
    case 'release':
      release(world, deadline.job, now);
      return;
    case 'sweep':
      continueSweep(world, deadline.job, now);
      return;
    case 'schedule':
      followSchedule(world, deadline.job, now);
      return;
    case 'unveil':
      continueUnveiling(world, deadline.job, deadline.after, now);
      return;
    case 'build':
      finishBuild(world, deadline.group, now);
      return;
    case 'drop':
      dropJob(world, deadline.job, now);
      return;
    case 'purge':
      deleteJobRecords(world, deadline.job, now);
  }
}
