import { seededRandom } from '../../src/base/random.ts';
import type { CommandOf, CommandResults, CommandType, Effect } from '../../src/engine/commands.ts';
import { Engine } from '../../src/engine/engine.ts';
import { describeJob, observeJob } from '../../src/engine/job-queries.ts';
import type { EngineView, Execution } from '../../src/engine/state.ts';
import { Dialect } from '../../src/protocol/dialect.ts';
import type { CreateJobRequest } from '../../src/protocol/job-config.ts';
import type { UpdateRequest } from '../../src/protocol/messages.ts';
import { defaultAccount, formatArn } from '../../src/protocol/names.ts';
import type { Reply } from '../../src/protocol/rejections.ts';

export const minute = 60_000;

export const thingArn = (name: string): string => formatArn(defaultAccount, 'thing', name);
export const groupArn = (name: string): string => formatArn(defaultAccount, 'thinggroup', name);

export interface TimedEffect {
  readonly at: number;
  readonly effect: Effect;
}

/** An engine with a hand-turned clock that remembers all it told. Time starts at 1,000,000 s. */
export class EngineRig {
  readonly engine: Engine;
  readonly told: TimedEffect[] = [];
  now = 1_000_000_000;

  constructor(dialect: Partial<Dialect> = {}) {
    this.engine = new Engine({
      account: defaultAccount,
      dialect: Dialect.parse(dialect),
      random: seededRandom('rig'),
    });
  }

  get view(): EngineView {
    return this.engine.view;
  }

  /** Runs a command now and returns its answer; what it told goes to {@link told}. */
  send<T extends CommandType>(
    command: CommandOf<T> & { readonly type: T },
  ): Reply<CommandResults[T]> {
    const { reply, effects } = this.engine.handle<T>(command, this.now);
    this.#remember(effects);
    return reply;
  }

  /** For commands that a test relies on: throws the rejection if there is one. */
  must<T extends CommandType>(command: CommandOf<T> & { readonly type: T }): CommandResults[T] {
    const reply = this.send<T>(command);
    if (!reply.ok) throw new Error(`${command.type}: ${JSON.stringify(reply.rejection)}`);
    return reply.value;
  }

  /** Moves time forward, waking the engine whenever it is due. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (let at = this.engine.nextDeadline(); at !== undefined && at <= until; ) {
      this.now = Math.max(this.now, at);
      this.#remember(this.engine.wake(this.now));
      at = this.engine.nextDeadline();
    }
    this.now = until;
  }

  provision(thingNames: readonly string[], groupName?: string): void {
    if (groupName !== undefined && !this.view.groups.has(groupName)) {
      this.must({ type: 'create-group', groupName, attributes: {} });
    }
    this.must({
      type: 'provision',
      thingNames,
      ...(groupName === undefined ? {} : { groupName }),
    });
  }

  createJob(request: Partial<CreateJobRequest> & { readonly jobId: string }): void {
    this.must({
      type: 'create-job',
      request: { targets: [thingArn('t1')], document: '{"op":"test"}', ...request },
    });
  }

  update(thingName: string, jobId: string, request: UpdateRequest | UpdateRequest['status']) {
    return this.send({
      type: 'update-execution',
      thingName,
      jobId,
      request: typeof request === 'string' ? { status: request } : request,
    });
  }

  startNext(thingName: string) {
    return this.send({ type: 'start-next', thingName, request: {} });
  }

  job(jobId: string) {
    const reply = describeJob(this.view, jobId, this.now);
    if (!reply.ok) throw new Error(`no job ${jobId}`);
    return reply.value.job;
  }

  observe(jobId: string) {
    const reply = observeJob(this.view, jobId);
    if (!reply.ok) throw new Error(`no job ${jobId}`);
    return reply.value;
  }

  execution(thingName: string, jobId: string): Execution {
    const execution = this.view.jobs.get(jobId)?.latest.get(thingName);
    if (execution === undefined) throw new Error(`no execution of ${thingName} at ${jobId}`);
    return execution;
  }

  status(thingName: string, jobId: string): string | undefined {
    return this.view.jobs.get(jobId)?.latest.get(thingName)?.status;
  }

  /** What was told since the last call, shortest form: see {@link describeEffect}. */
  news(): string[] {
    return this.told.splice(0).map(({ effect }) => describeEffect(effect));
  }

  #remember(effects: readonly Effect[]): void {
    for (const effect of effects) this.told.push({ at: this.now, effect });
  }
}

/** `t1 notify IN_PROGRESS[j1] QUEUED[j2]`, `t1 next/ns j2 QUEUED v1`, `job j1 completed`. */
export function describeEffect(effect: Effect): string {
  switch (effect.type) {
    case 'notify': {
      const lists = Object.entries(effect.message.jobs).map(
        ([status, list]) => `${status}[${list.map(({ jobId }) => jobId).join(',')}]`,
      );
      return [effect.thingName, `notify${namespaceOf(effect)}`, ...lists].join(' ');
    }
    case 'notify-next': {
      const { execution } = effect.message;
      const head = `${effect.thingName} next${namespaceOf(effect)}`;
      if (execution === undefined) return `${head} -`;
      const { jobId, status, versionNumber } = execution;
      return `${head} ${jobId} ${status} v${versionNumber}`;
    }
    case 'event': {
      const { event } = effect;
      if (event.eventType === 'JOB') return `job ${event.jobId} ${event.operation}`;
      const thingName = event.thingArn.split('/')[1];
      return `execution ${event.jobId} ${thingName} ${event.operation} ${event.status}`;
    }
  }
}

function namespaceOf({ namespaceId }: { readonly namespaceId?: string }): string {
  return namespaceId === undefined ? '' : `/${namespaceId}`;
}

/** Names `t1` to `t<count>`, padded so that they sort in order. */
export function thingNames(count: number): string[] {
  const width = String(count).length;
  return Array.from({ length: count }, (_, index) => `t${String(index + 1).padStart(width, '0')}`);
}
