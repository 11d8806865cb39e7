import type { Millis } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { thingNameOf } from '../device/population.ts';
import type { Reply } from '../protocol/rejections.ts';
import type { JobTarget, Plan, PlannedAction } from '../scenario/plan.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { Collector } from './collector.ts';
import { thingNames } from './provision.ts';

type ActionOf<T extends PlannedAction['type']> = Extract<PlannedAction, { type: T }>;

/** Things a command registers at once. */
const provisionMax = 5000;

/** Carries out a plan's actions in a simulation: what the conductor does over HTTP. */
export class Operator {
  readonly #plan: Plan;
  readonly #simulation: Simulation;
  readonly #collector: Collector;
  readonly #onFailed: (error: AppError) => void;
  #left: number;

  constructor(
    plan: Plan,
    simulation: Simulation,
    collector: Collector,
    onFailed: (error: AppError) => void,
  ) {
    this.#plan = plan;
    this.#simulation = simulation;
    this.#collector = collector;
    this.#onFailed = onFailed;
    this.#left = plan.actions.length;
  }

  /** Whether every action has been carried out. */
  get isDone(): boolean {
    return this.#left === 0;
  }

  /** Groups, and the first batch of things in theirs. */
  provision(): void {
    const { groups, population, fleetGroup } = this.#plan;
    for (const { name, parent } of groups) {
      const nesting = parent === undefined ? {} : { parentGroupName: parent };
      const command = {
        type: 'create-group',
        groupName: name,
        ...nesting,
        attributes: {},
      } as const;
      this.#must(this.#simulation.command(command));
    }
    this.#register(thingNames(population.thingName, population.batches[0]), fleetGroup);
  }

  start(zeroAt: Millis): void {
    for (const action of this.#plan.actions) {
      this.#simulation.clock.schedule(zeroAt + action.atMs, () => {
        this.#perform(action);
        this.#left--;
      });
    }
  }

  #perform(action: PlannedAction): void {
    switch (action.type) {
      case 'create-job':
        this.#createJob(action);
        break;
      case 'update-job':
        this.#updateJob(action);
        break;
      case 'cancel-job':
        this.#cancelJob(action);
        break;
      case 'delete-job':
        this.#deleteJob(action);
        break;
      case 'cancel-execution':
        this.#cancelExecutions(action);
        break;
      case 'add-things':
        this.#addThings(action);
        break;
      case 'remove-things':
        this.#removeThings(action);
        break;
      case 'disconnect':
        this.#disconnect(action);
        break;
    }
  }

  #createJob(action: ActionOf<'create-job'>): void {
    const { request, targets, position } = action;
    const foreign = targets.find(isForeign);
    const reply = this.#simulation.command({ type: 'create-job', request });
    if (reply.ok) {
      const { jobId } = request;
      this.#collector.addEvent('job-created', `created job ${jobId}`, { jobId });
      return;
    }
    const place = `${position.file}:${position.line}:${position.column}`;
    const { message } = reply.rejection;
    this.#onFailed(
      new AppError('scenario', `${place}  the service refused the job: ${message}`, {
        hint:
          foreign === undefined
            ? 'correct the job at that line; nothing of it was created'
            : 'a prediction knows only the things and groups of its scenario: name those as targets',
      }),
    );
  }

  #updateJob(action: ActionOf<'update-job'>): void {
    const { jobId, settings } = action;
    const reply = this.#simulation.command({ type: 'update-job', jobId, settings });
    this.#tell(action, reply, 'job-updated', `updated job ${jobId}`, { jobId, settings });
  }

  #cancelJob(action: ActionOf<'cancel-job'>): void {
    const { atMs: _, position: __, ...command } = action;
    const { jobId, force } = action;
    const how = force ? 'force-cancelled' : 'cancelled';
    const reply = this.#simulation.command(command);
    this.#tell(action, reply, 'job-cancelled', `${how} job ${jobId}`, { jobId, force });
  }

  #deleteJob(action: ActionOf<'delete-job'>): void {
    const { jobId, force } = action;
    const reply = this.#simulation.command({ type: 'delete-job', jobId, force });
    this.#tell(action, reply, 'job-deleted', `deleted job ${jobId}`, { jobId, force });
  }

  #cancelExecutions(action: ActionOf<'cancel-execution'>): void {
    const { jobId, things, force } = action;
    const refused = this.#each(action, things, (thingName) =>
      this.#simulation.command({ type: 'cancel-execution', thingName, jobId, force }),
    );
    if (refused) return;
    const message = `cancelled ${things.length} executions of ${jobId}`;
    this.#collector.addEvent('executions-cancelled', message, { jobId, force });
  }

  #addThings({ firstIndex, count, group }: ActionOf<'add-things'>): void {
    const { batches, thingName } = this.#plan.population;
    const batch = batches.find((each) => each.firstIndex === firstIndex);
    if (batch === undefined) throw new RangeError(`no batch starts at thing ${firstIndex}`);
    this.#simulation.fleet.switchOn(batch, this.#simulation.clock.now());
    this.#register(thingNames(thingName, batch), group);
    this.#collector.addEvent('things-added', `added ${count} things`, { count, group });
  }

  #removeThings(action: ActionOf<'remove-things'>): void {
    const { from, to, group } = action;
    if (group === undefined) this.#simulation.fleet.remove(from, to);
    const indexes = Array.from({ length: to - from }, (_, place) => from + place);
    const refused = this.#each(action, indexes, (thingName) =>
      group === undefined
        ? this.#simulation.command({ type: 'delete-thing', thingName })
        : this.#simulation.command({ type: 'leave-group', thingName, groupName: group }),
    );
    if (refused) return;
    const count = to - from;
    const what = group === undefined ? 'deleted' : `took out of ${group}`;
    this.#collector.addEvent('things-removed', `${what} ${count} things`, { count, group });
  }

  #disconnect({ share, forMs, atMs }: ActionOf<'disconnect'>): void {
    const { clock, fleet } = this.#simulation;
    fleet.cut({ share, salt: `cut/${atMs}` }, clock.now() + forMs);
    const percent = Number((share * 100).toFixed(2));
    this.#collector.addEvent('disconnected', `cut ${percent} % of the things off`, {
      share,
      forMs,
    });
  }

  #register(names: readonly string[], group: string | undefined): void {
    const into = group === undefined ? {} : { groupName: group };
    for (let from = 0; from < names.length; from += provisionMax) {
      const names_ = names.slice(from, from + provisionMax);
      this.#must(this.#simulation.command({ type: 'provision', thingNames: names_, ...into }));
    }
  }

  /** Stops at the first refusal, as a client would. */
  #each(
    action: PlannedAction,
    indexes: readonly number[],
    command: (thingName: string) => Reply<unknown>,
  ): boolean {
    for (const index of indexes) {
      const reply = command(thingNameOf(this.#plan.population.thingName, index));
      if (reply.ok) continue;
      this.#refused(action, reply.rejection.message);
      return true;
    }
    return false;
  }

  #tell(
    action: PlannedAction,
    reply: Reply<unknown>,
    kind: string,
    message: string,
    data: Readonly<Record<string, unknown>>,
  ): void {
    if (reply.ok) this.#collector.addEvent(kind, message, data);
    else this.#refused(action, reply.rejection.message);
  }

  /** Does not end the simulation. */
  #refused({ position, type }: PlannedAction, message: string): void {
    const { file, line, column } = position;
    this.#collector.addError(`${file}:${line}:${column} ${type}`, new Error(message));
  }

  #must(reply: Reply<unknown>): void {
    if (reply.ok) return;
    throw new AppError('setup', `provisioning failed: ${reply.rejection.message}`, {
      hint: 'correct the groups and the things of the scenario',
    });
  }
}

function isForeign(target: JobTarget): boolean {
  return target.kind === 'arn';
}
