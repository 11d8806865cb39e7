import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { wallNow } from '../src/base/clock.ts';
import { Profile } from '../src/device/profile.ts';
import { defaultDialect } from '../src/protocol/dialect.ts';
import { defaultAccount, formatArn } from '../src/protocol/names.ts';
import { Referee } from '../src/sim/referee.ts';
import { Simulation } from '../src/sim/simulation.ts';
import type { Figure } from './table.ts';

/** Things; with a million it takes a minute or two, so that is asked for by FLEETRIG_BENCH_PREDICT. */
const sizes = (process.env['FLEETRIG_BENCH_PREDICT'] ?? '10000,100000').split(',').map(Number);
/** What is alive counts, not what happens to lie about. */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const perMinute = 1000;
/** Looks at the memory this often, in simulated time. */
const lookMs = 60_000;

/**
 * Whole rollouts at AWS's highest rate, to the end, on one core in virtual time. The first, which is to be
 * a small one, also warms the code up.
 */
export async function benchPredict(): Promise<Figure[]> {
  const rounds = sizes.map((things) => ({ things, ...simulate(things) }));
  const figures = rounds.flatMap(({ things, seconds, cpu, events, peakBytes }) => [
    { name: `${things} things to the end`, value: seconds, unit: 's' },
    { name: `${things} things: events`, value: events / seconds, unit: 'events/s' },
    { name: `${things} things: CPU per event`, value: (1e6 * cpu) / events, unit: 'us' },
    { name: `${things} things: events per thing`, value: events / things, unit: 'events' },
    {
      name: `${things} things: heap at the peak`,
      value: peakBytes / things,
      unit: 'bytes/thing',
    },
  ]);
  return [...figures, ...growth(rounds)];
}

/** What an event costs in every size, against the one before. */
function growth(
  rounds: readonly { readonly things: number; readonly cpu: number; readonly events: number }[],
): Figure[] {
  return rounds.slice(1).flatMap(({ things, cpu, events }, index) => {
    const before = rounds[index];
    if (before === undefined) return [];
    const value = cpu / events / (before.cpu / before.events);
    const name = `${things} things: CPU per event, to that with ${before.things}`;
    return [{ name, value, unit: '×' }];
  });
}

function simulate(things: number): {
  readonly seconds: number;
  /** Seconds of all threads, with V8's own. */
  readonly cpu: number;
  readonly events: number;
  readonly peakBytes: number;
} {
  collect();
  const before = process.memoryUsage().heapUsed;
  const beganAt = wallNow();
  const cpuBefore = process.cpuUsage();
  let aside = 0;
  let cpuAside = 0;
  const batch = { firstIndex: 0, count: things, startMs: 0 };
  const simulation = new Simulation({
    seed: 'bench',
    dialect: defaultDialect,
    population: {
      seed: 'bench',
      thingName: 'thing-{index:07}',
      batches: [batch],
      cohorts: [
        {
          name: 'all',
          share: 1,
          profile: Profile.parse({
            outcome: { succeed: '98%', fail: '2%' },
            work: { lognormal: { median: '40s', p99: '3m' } },
          }),
        },
      ],
    },
    network: { latency: 20, loss: 0 },
    referee: new Referee([]),
    connectsPerSecond: 10_000,
    startAt: 1_000_000_000_000,
    onExecution: () => undefined,
    onJobChange: () => undefined,
  });
  const { clock, fleet } = simulation;
  simulation.command({ type: 'create-group', groupName: 'all', attributes: {} });
  for (let from = 0; from < things; from += 5000) {
    const count = Math.min(5000, things - from);
    const thingNames = Array.from(
      { length: count },
      (_, place) => `thing-${String(from + place).padStart(7, '0')}`,
    );
    simulation.command({ type: 'provision', thingNames, groupName: 'all' });
  }
  fleet.switchOn(batch, clock.now());
  clock.run(clock.now() + fleet.rampMs(things));
  const created = simulation.command({
    type: 'create-job',
    request: {
      jobId: 'fw',
      targets: [formatArn(defaultAccount, 'thinggroup', 'all')],
      document: '{"operation":"update"}',
      jobExecutionsRolloutConfig: { maximumPerMinute: perMinute },
    },
  });
  if (!created.ok) throw new Error(created.rejection.message);
  let peakBytes = 0;
  const look = (): void => {
    const lookedAt = wallNow();
    const cpuAt = process.cpuUsage();
    collect();
    peakBytes = Math.max(peakBytes, process.memoryUsage().heapUsed - before);
    aside += wallNow() - lookedAt;
    cpuAside += secondsOf(process.cpuUsage(cpuAt));
  };
  const steps = 10;
  const lengthMs = (things / perMinute) * lookMs;
  const zeroAt = clock.now();
  const isDone = () => simulation.isSettled(0);
  for (let step = 1; step <= steps; step++) {
    clock.run(zeroAt + (lengthMs * step) / steps, isDone);
    look();
  }
  clock.run(zeroAt + 2 * lengthMs + 3_600_000, isDone);
  simulation.stop();
  const [job] = simulation.jobs();
  if (job?.status !== 'COMPLETED') throw new Error(`the job is ${job?.status}`);
  return {
    seconds: (wallNow() - beganAt - aside) / 1000,
    cpu: secondsOf(process.cpuUsage(cpuBefore)) - cpuAside,
    events: clock.actions,
    peakBytes,
  };
}

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}
