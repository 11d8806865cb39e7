import { AppError } from '../base/errors.ts';
import { accountRates } from '../cloud/account-rates.ts';
import type { RunForecast } from '../cloud/run-calls.ts';
import { populationSize } from '../device/population.ts';
import type { Plan } from '../scenario/plan.ts';
import { forecastRun } from './run-forecast.ts';

/** Throws AppError `usage` when a run of the plan would go past one of its limits: before it begins. */
export async function refuseBeyondLimits(plan: Plan, scenarioDir: string): Promise<void> {
  const { messages, minutes } = plan.limits;
  const perSecond = await connectsPerSecond(plan, scenarioDir);
  let exceeded = limitsExceeded(plan, undefined, perSecond);
  if (exceeded.length === 0 && (messages !== undefined || minutes !== undefined)) {
    const forecast = forecastRun(plan);
    // What cannot be foretold is still watched while it happens.
    exceeded = 'refusal' in forecast ? [] : limitsExceeded(plan, forecast, perSecond);
  }
  if (exceeded.length === 0) return;
  throw new AppError('usage', `the run would go past its limits: ${exceeded.join('; ')}`, {
    hint: 'raise `limits` in the scenario, or run less; --dry-run tells what it would take',
  });
}

/** Each limit with what the run needs. Without a forecast, only what the plan itself says. */
export function limitsExceeded(
  plan: Plan,
  forecast: RunForecast | undefined,
  perSecond: number,
): string[] {
  const { limits, population } = plan;
  const needs = {
    things: populationSize(population),
    ...(forecast && {
      minutes: minutesOf(plan, forecast, perSecond),
      messages: forecast.requests + forecast.answers + forecast.notices,
    }),
  };
  return Object.entries(needs).flatMap(([name, need]) => {
    const limit = limits[name as keyof Plan['limits']];
    if (limit === undefined || need <= limit) return [];
    return [`limits.${name} is ${limit}, it needs ${Number(need.toFixed(2))}`];
  });
}

/** From the first connect on. Where time jumps, how long that takes is not known before. */
function minutesOf(
  { isJumping, population }: Plan,
  { seconds }: RunForecast,
  perSecond: number,
): number {
  const connecting = (population.batches[0]?.count ?? 0) / perSecond;
  return (connecting + (isJumping ? 0 : seconds)) / 60;
}

/** Things that connect in a second: as many as the plan says, where the account grants it. */
export async function connectsPerSecond(
  { connect, target }: Plan,
  scenarioDir: string,
): Promise<number> {
  if (target.kind !== 'aws') return connect.perSecond;
  const { devices } = await accountRates(target.quotas, scenarioDir);
  return Math.min(connect.perSecond, devices.connects ?? Number.POSITIVE_INFINITY);
}
