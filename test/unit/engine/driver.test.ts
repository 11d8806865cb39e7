import { expect, it } from 'vitest';
import { Agenda } from '../../../src/base/agenda.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import type { CommandOf, CommandType } from '../../../src/engine/commands.ts';
import { Driver } from '../../../src/engine/driver.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { Dialect } from '../../../src/protocol/dialect.ts';
import { defaultAccount } from '../../../src/protocol/names.ts';
import { describeEffect, minute, thingArn } from '../../support/engine-rig.ts';

/** A clock that stands until it is moved; scheduled actions may be late. */
class HandClock implements Clock {
  readonly agenda = new Agenda<() => void>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  schedule(at: number, action: () => void): () => void {
    const appointment = this.agenda.add(at, action);
    return () => this.agenda.cancel(appointment);
  }

  /** Jumps there, then runs what has become due. */
  jumpTo(at: number): void {
    this.#now = at;
    for (let run = this.agenda.takeDue(at); run; run = this.agenda.takeDue(at)) run();
  }

  /** Jumps there and leaves due actions for later. */
  stallUntil(at: number): void {
    this.#now = at;
  }
}

function drive(dialect = {}) {
  const clock = new HandClock();
  const told: string[] = [];
  const engine = new Engine({
    account: defaultAccount,
    dialect: Dialect.parse(dialect),
    random: seededRandom('driver'),
  });
  const driver = new Driver(engine, clock, (effect) => told.push(describeEffect(effect)));
  const submit = <T extends CommandType>(command: CommandOf<T> & { readonly type: T }) =>
    driver.submit<T>(command, (reply) => told.push(`${command.type} ${reply.ok}`));
  submit({ type: 'provision', thingNames: ['t1', 't2'] });
  const createJob = (extra = {}) =>
    submit({
      type: 'create-job',
      request: { jobId: 'j', targets: ['t1', 't2'].map(thingArn), document: '{}', ...extra },
    });
  told.length = 0;
  return { clock, told, driver, submit, createJob };
}

it('answers before anyone is told', () => {
  const { told, createJob } = drive();

  createJob();

  expect(told).toEqual(['create-job true', 't1 notify QUEUED[j]', 't1 next j QUEUED v1']);
});

it('arms one timer, for the earliest deadline, and follows when that changes', () => {
  const { clock, told, submit, createJob } = drive();
  createJob({
    jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
    timeoutConfig: { inProgressTimeoutInMinutes: 5 },
  });
  expect([clock.agenda.size, clock.agenda.nextAt]).toEqual([1, minute]);

  submit({ type: 'start-next', thingName: 't1', request: {} });
  expect([clock.agenda.size, clock.agenda.nextAt]).toEqual([1, minute]);
  clock.jumpTo(minute);
  expect([clock.agenda.size, clock.agenda.nextAt]).toEqual([1, 5 * minute]);
  told.length = 0;
  clock.jumpTo(5 * minute);

  expect(told).toEqual(['t1 notify', 't1 next -']);
});

it('does what is overdue before a command, at the time it was due', () => {
  const { clock, told, submit, createJob } = drive();
  createJob({ timeoutConfig: { inProgressTimeoutInMinutes: 1 } });
  submit({ type: 'start-next', thingName: 't1', request: {} });
  clock.jumpTo(1000);
  told.length = 0;

  clock.stallUntil(minute + 5000);
  submit({
    type: 'update-execution',
    thingName: 't1',
    jobId: 'j',
    request: { status: 'SUCCEEDED' },
  });

  expect(told).toEqual(['t1 notify', 't1 next -', 'update-execution false']);
});

it('keeps the rate of a rollout when timers are late', () => {
  const { clock, driver, createJob } = drive();
  createJob({ jobExecutionsRolloutConfig: { maximumPerMinute: 1 } });

  clock.jumpTo(minute + 700);

  expect(driver.view.jobs.get('j')?.latest.get('t2')?.queuedAt).toBe(minute);
});

it('stops', () => {
  const { clock, driver, createJob } = drive({ firstReleaseDelayMs: 1000 });
  createJob();

  driver.stop();
  clock.jumpTo(minute);

  expect(driver.view.jobs.get('j')?.latest.size).toBe(0);
});
