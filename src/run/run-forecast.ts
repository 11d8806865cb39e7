import type { Millis } from '../base/clock.ts';
import type { RunForecast } from '../cloud/run-calls.ts';
import type { Plan } from '../scenario/plan.ts';
import { Referee } from '../sim/referee.ts';
import { runVirtually, type VirtualRun } from './virtual-run.ts';

/** Carries the plan out in virtual time and counts; tells why that does not work out. */
export function forecastRun(plan: Plan): RunForecast | { readonly refusal: string } {
  const run = runVirtually(plan, plan.dialect, new Referee([]));
  const { ending, endAt, jobs, simulation, zeroAt } = run;
  if (ending.kind === 'error') return { refusal: ending.message };
  const counters = Object.entries(simulation.traffic.counters());
  const count = (pattern: RegExp) =>
    counters.reduce((sum, [name, value]) => sum + (pattern.test(name) ? value : 0), 0);
  const connects = count(/^connects\/ok$/);
  return {
    seconds: (endAt - zeroAt) / 1000 / plan.clockScale,
    jobs: jobs.map(({ createdAt, listed, observation, status }) => {
      const isDeleted = status === 'DELETED' || status === 'DELETION_IN_PROGRESS';
      return {
        watchedSeconds: (endAt - createdAt) / 1000 / plan.clockScale,
        executions: sum(isDeleted ? observation.executions : listed),
        isDeleted,
      };
    }),
    connects,
    // AWS counts every minute that has begun.
    connectionMinutes: connectedMs(run) / 60_000 / plan.clockScale + connects,
    requests: count(/^requests\/.*\/sent$/),
    answers: count(/^requests\/.*\/(?:accepted|rejected)$/),
    notices: simulation.traffic.notices,
  };
}

/** Of all things together. */
function connectedMs({ simulation, endAt }: VirtualRun): Millis {
  let total = 0;
  let connected = 0;
  let since = 0;
  for (const { endAt: at, sum: after } of simulation.traffic.load.connected.running()) {
    total += connected * (at - since);
    connected = after;
    since = at;
  }
  return total + connected * Math.max(0, endAt - since);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
