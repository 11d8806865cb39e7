import { AppError } from '../base/errors.ts';
import { populationSize } from '../device/population.ts';
import type { FleetSize } from '../fleet/agents.ts';
import {
  agentsNeeded,
  chooseLocalAddresses,
  findLimitProblems,
  readMachineLimits,
} from '../fleet/preflight.ts';
import type { Plan, Target } from '../scenario/plan.ts';

/** How a plan's things are spread over processes, threads and source addresses. */
export interface FleetShape {
  readonly size: FleetSize;
  readonly localAddresses: readonly string[];
}

/** Fits the fleet to this machine, or says everything that is too small, before a socket is opened. */
export function shapeFleet(plan: Plan): FleetShape {
  const limits = readMachineLimits();
  const things = populationSize(plan.population);
  const host = mqttHostOf(plan.target);
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

/** Host the things connect to; any of AWS's stands for one that is asked for only when the run begins. */
export function mqttHostOf(target: Target): string {
  switch (target.kind) {
    case 'emulator':
      return '127.0.0.1';
    case 'endpoint':
      return target.mqtt.host;
    case 'aws':
      return target.endpoints.mqtt?.host ?? 'iot.amazonaws.com';
  }
}
