import {
  CancelJobCommand,
  CancelJobExecutionCommand,
  CreateJobCommand,
  DeleteJobCommand,
  type IoTClient,
  UpdateJobCommand,
} from '@aws-sdk/client-iot';
import type { Cancel, Clock, Millis } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { isServiceError } from '../cloud/service-errors.ts';
import type { WireNames } from '../cloud/wire-names.ts';
import { thingNameOf } from '../device/population.ts';
import type { Fleet } from '../fleet/agents.ts';
import { type Account, formatArn } from '../protocol/names.ts';
import type { JobTarget, Plan, PlannedAction } from '../scenario/plan.ts';
import { abortReadingOf } from './abort-reading.ts';
import type { Collector } from './collector.ts';
import type { EmulatorAdmin } from './emulator-admin.ts';
import type { EventObserver } from './event-observer.ts';
import { tellChangeOf } from './job-look.ts';
import { JobWatch } from './job-watch.ts';
import { inLanes } from './provision.ts';
import type { Registrar } from './registrar.ts';
import type { WorkInHand } from './work-in-hand.ts';

export interface Stage {
  readonly plan: Plan;
  readonly account: Account;
  readonly iot: IoTClient;
  readonly admin: EmulatorAdmin | undefined;
  readonly names: WireNames;
  readonly registrar: Registrar;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly work: WorkInHand;
  readonly collector: Collector;
  /** Hears what the service tells of jobs on its own accord; undefined where nobody listens. */
  readonly listener: Pick<EventObserver, 'follow'> | undefined;
  /** Every job created goes in here. */
  readonly watches: Map<string, JobWatch>;
}

type ActionOf<T extends PlannedAction['type']> = Extract<PlannedAction, { type: T }>;

/** Carries out the plan's actions, each at its time and one after the other. */
export class Conductor {
  readonly #stage: Stage;
  readonly #onFailed: (error: unknown) => void;
  readonly #cancels: Cancel[] = [];
  #left: number;
  #tail: Promise<void> = Promise.resolve();

  constructor(stage: Stage, onFailed: (error: unknown) => void) {
    this.#stage = stage;
    this.#onFailed = onFailed;
    this.#left = stage.plan.actions.length;
  }

  /** Whether every action has been carried out. */
  get isDone(): boolean {
    return this.#left === 0;
  }

  start(startAt: Millis): void {
    const { plan, clock, work } = this.#stage;
    for (const action of plan.actions) {
      const cancel = clock.schedule(startAt + action.atMs, () => {
        const end = work.begin(action.type);
        this.#tail = this.#tail.then(() => this.#carryOut(action)).finally(end);
      });
      this.#cancels.push(cancel);
    }
  }

  /** Drops what is still to come and waits for what is under way. */
  async stop(): Promise<void> {
    for (const cancel of this.#cancels) cancel();
    await this.#tail;
  }

  async #carryOut(action: PlannedAction): Promise<void> {
    try {
      await this.#perform(action);
    } catch (error) {
      const { file, line, column } = action.position;
      const place = `${file}:${line}:${column}`;
      if (action.type === 'create-job') {
        this.#onFailed(
          new AppError('scenario', `${place}  the service refused the job: ${messageOf(error)}`, {
            hint: 'correct the job at that line; nothing of it was created',
            cause: error,
          }),
        );
      } else {
        this.#stage.collector.addError(`${place} ${action.type}`, error);
      }
    }
    this.#left--;
  }

  #perform(action: PlannedAction): Promise<void> {
    switch (action.type) {
      case 'create-job':
        return this.#createJob(action);
      case 'update-job':
        return this.#updateJob(action);
      case 'cancel-job':
        return this.#cancelJob(action);
      case 'delete-job':
        return this.#deleteJob(action);
      case 'cancel-execution':
        return this.#cancelExecutions(action);
      case 'add-things':
        return this.#addThings(action);
      case 'remove-things':
        return this.#removeThings(action);
      case 'disconnect':
        return this.#disconnect(action);
    }
  }

  async #createJob({ request, targets }: ActionOf<'create-job'>): Promise<void> {
    const { jobId } = request;
    const full = { ...request, targets: targets.map((target) => this.#arnOf(target)) };
    const { clock, collector, iot, listener, names, plan, registrar, watches } = this.#stage;
    const sentAt = clock.now();
    const tags = [...(request.tags ?? []), ...(await registrar.noteJob(jobId))];
    const watch = new JobWatch(jobId, full, { names, abortReading: abortReadingOf(plan.dialect) });
    // Before there is anything to hear.
    await listener?.follow(watch);
    const onWire = { ...full, jobId: names.job(jobId), ...(tags.length === 0 ? {} : { tags }) };
    try {
      await iot.send(new CreateJobCommand(onWire as unknown as CreateJobInput));
    } catch (error) {
      if (!isMadeAlready(error)) throw error;
    }
    await this.#look(watch);
    const message = `created job ${jobId}`;
    collector.addEvent('job-created', message, { jobId }, watch.createdAt ?? sentAt);
    tellChangeOf(watch, collector);
    watches.set(jobId, watch);
  }

  async #updateJob({ jobId, settings }: ActionOf<'update-job'>): Promise<void> {
    const { clock, collector, iot, names } = this.#stage;
    const input = { ...settings, jobId: names.job(jobId) };
    const sentAt = clock.now();
    await iot.send(new UpdateJobCommand(input as unknown as UpdateJobInput));
    collector.addEvent('job-updated', `updated job ${jobId}`, { jobId, settings }, sentAt);
  }

  async #cancelJob(action: ActionOf<'cancel-job'>): Promise<void> {
    const { jobId, force, reasonCode, comment } = action;
    const { clock, collector, iot, names, watches } = this.#stage;
    const sentAt = clock.now();
    const onWire = { jobId: names.job(jobId), force, reasonCode, comment };
    await iot.send(new CancelJobCommand(onWire));
    watches.get(jobId)?.noteCancellation();
    const how = force ? 'force-cancelled' : 'cancelled';
    collector.addEvent('job-cancelled', `${how} job ${jobId}`, { jobId, force }, sentAt);
  }

  async #deleteJob({ jobId, force }: ActionOf<'delete-job'>): Promise<void> {
    const { clock, collector, iot, names, watches } = this.#stage;
    const watch = watches.get(jobId);
    // What comes after is no picture of the job any more.
    if (watch !== undefined) {
      await this.#look(watch);
      tellChangeOf(watch, collector);
    }
    const sentAt = clock.now();
    await iot.send(new DeleteJobCommand({ jobId: names.job(jobId), force }));
    watch?.noteDeletion(sentAt);
    collector.addEvent('job-deleted', `deleted job ${jobId}`, { jobId, force }, sentAt);
  }

  /** Beside those of the observer. */
  async #look(watch: JobWatch): Promise<void> {
    const { admin, clock, collector, iot } = this.#stage;
    try {
      await watch.look(iot, admin, clock.now());
    } catch (error) {
      collector.addError(`job ${watch.jobId} could not be looked at`, error);
    }
  }

  async #cancelExecutions({ jobId, things, force }: ActionOf<'cancel-execution'>): Promise<void> {
    const { iot, collector, names } = this.#stage;
    await inLanes(things, async (index) => {
      const thingName = this.#nameOf(index);
      await iot.send(new CancelJobExecutionCommand({ jobId: names.job(jobId), thingName, force }));
    });
    const message = `cancelled ${things.length} executions of ${jobId}`;
    collector.addEvent('executions-cancelled', message, { jobId, force });
  }

  async #addThings({ firstIndex, count, group }: ActionOf<'add-things'>): Promise<void> {
    const { fleet, plan, collector, registrar } = this.#stage;
    const { batches } = plan.population;
    const batch = batches.find((each) => each.firstIndex === firstIndex);
    if (batch === undefined) throw new RangeError(`no batch starts at thing ${firstIndex}`);
    await registrar.addThings(batch, group);
    fleet.order({ type: 'add', batch });
    collector.addEvent('things-added', `added ${count} things`, { count, group });
  }

  async #removeThings({ from, to, group }: ActionOf<'remove-things'>): Promise<void> {
    const { fleet, collector, registrar } = this.#stage;
    if (group === undefined) fleet.order({ type: 'remove', from, to });
    await registrar.removeThings({ from, to, group });
    const what = group === undefined ? 'deleted' : `took out of ${group}`;
    collector.addEvent('things-removed', `${what} ${to - from} things`, {
      count: to - from,
      group,
    });
  }

  async #disconnect({ share, forMs, atMs }: ActionOf<'disconnect'>): Promise<void> {
    const { clock, fleet, collector } = this.#stage;
    const salt = `cut/${atMs}`;
    fleet.order({ type: 'cut', share, untilAt: clock.now() + forMs, salt });
    const percent = Number((share * 100).toFixed(2));
    collector.addEvent('disconnected', `cut ${percent} % of the things off`, { share, forMs });
  }

  #arnOf(target: JobTarget): string {
    if (target.kind === 'arn') return target.arn;
    const { account, names } = this.#stage;
    return target.kind === 'group'
      ? formatArn(account, 'thinggroup', names.group(target.name))
      : formatArn(account, 'thing', names.thing(target.name));
  }

  #nameOf(index: number): string {
    const { names, plan } = this.#stage;
    return names.thing(thingNameOf(plan.population.thingName, index));
  }
}

type CreateJobInput = ConstructorParameters<typeof CreateJobCommand>[0];
type UpdateJobInput = ConstructorParameters<typeof UpdateJobCommand>[0];

/** The SDK sends a request again when its answer was lost: the job it finds there is this one. */
function isMadeAlready(error: unknown): boolean {
  if (!isServiceError(error, 'ResourceAlreadyExistsException')) return false;
  const { $metadata } = error as { $metadata?: { attempts?: number } };
  return ($metadata?.attempts ?? 1) > 1;
}
