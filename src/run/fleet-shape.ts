import { AppError } from '../base/errors.ts';
import { populationSize } from '../device/population.ts';
import type { FleetSize } from '../fleet/agents.ts';
import {
  agentsNeeded,
  chooseLocalAddresses,
  findLimitProblems,
  readMachineLimits,
} from '../fleet/preflight.ts';
import type { Plan } from '../scenario/plan.ts';

/** How a plan's things are spread over processes, threads and source addresses. */
export interface FleetShape {
  readonly size: FleetSize;
  readonly localAddresses: readonly string[];
}

/** Fits the fleet to this machine, or says everything that is too small, before a socket is opened. */
export function shapeFleet(plan: Plan): FleetShape {
  const limits = readMachineLimits();
  const things = populationSize(plan.population);
  const host = plan.target.kind === 'emulator' ? '127.0.0.1' : plan.target.mqtt.host;
  const agents = agentsNeeded(things, limits);
  const isEmulatorAlone = plan.target.kind === 'emulator' && plan.isTls;
  const problems = findLimitProblems({ things, agents, isEmulatorAlone, host }, limits);
  if (problems.length > 0) {
    throw new AppError('setup', problems.map(({ message }) => message).join('\n'), {
      hint: problems.map(({ hint }) => hint).join('\n'),
    });
  }
  return {
    size: { agents, workers: Math.max(1, Math.ceil(plan.workers / agents)) },
    localAddresses: chooseLocalAddresses(host, limits),
  };
}
