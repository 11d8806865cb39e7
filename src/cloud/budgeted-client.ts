import type { IoTClient } from '@aws-sdk/client-iot';
import type { Clock, Millis } from '../base/clock.ts';
import { waitUntil } from '../base/wait-until.ts';
import type { ApiBudget } from './api-budget.ts';
import { isServiceError } from './service-errors.ts';

/** A call that has been refused for so long is given up. */
const patienceMs = 15 * 60_000;

export interface BudgetOptions {
  readonly budget: ApiBudget;
  /** Of wall time. */
  readonly clock: Clock;
}

/** As much of the SDK's middleware as is needed here: one that is told which command it stands in. */
type Middleware = <Input extends object, Output>(
  next: (args: Input) => Promise<Output>,
  context: { readonly commandName?: string },
) => (args: Input) => Promise<Output>;

/**
 * Makes every call of a client, whoever makes it, keep to a budget. It stands inside the SDK's own
 * retries: each attempt takes its turn, and one that was throttled is made again until it gets through.
 */
export function keepToBudget(client: IoTClient, options: BudgetOptions): void {
  client.middlewareStack.add(countingCalls(options), { step: 'initialize', name: 'fleetrigCalls' });
  client.middlewareStack.addRelativeTo(takingTurns(options), {
    relation: 'after',
    toMiddleware: 'retryMiddleware',
    name: 'fleetrigBudget',
  });
}

function countingCalls({ budget }: BudgetOptions): Middleware {
  return (next, context) => async (args) => {
    const operation = operationOf(context.commandName);
    budget.begin(operation);
    try {
      return await next(args);
    } catch (error) {
      // That something is not there is what was asked.
      if (!isServiceError(error, 'ResourceNotFoundException')) budget.failed(operation);
      throw error;
    }
  };
}

function takingTurns({ budget, clock }: BudgetOptions): Middleware {
  /** By call: the SDK comes here again with each of its own attempts at it. */
  const patienceEndsAt = new WeakMap<object, Millis>();
  return (next, context) => async (args) => {
    const operation = operationOf(context.commandName);
    const giveUpAt = patienceEndsAt.get(context) ?? clock.now() + patienceMs;
    patienceEndsAt.set(context, giveUpAt);
    /** Undefined when it was refused, and may try again. */
    const attempt = async () => {
      await waitUntil(clock, budget.reserve(operation, clock.now()));
      try {
        const answer = await next(args);
        budget.succeeded(operation);
        return { answer };
      } catch (error) {
        if (!isThrottling(error)) throw error;
        budget.refused(operation, clock.now());
        if (clock.now() > giveUpAt) throw error;
        return undefined;
      }
    };
    let outcome = await attempt();
    while (outcome === undefined) outcome = await attempt();
    return outcome.answer;
  };
}

/** `CreateThingCommand` is CreateThing. */
function operationOf(commandName: string | undefined): string {
  return (commandName ?? 'unknown').replace(/Command$/, '');
}

const throttlingNames = new Set([
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'ThrottledException',
  'Throttling',
]);

function isThrottling(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return throttlingNames.has(error.name) || $metadata?.httpStatusCode === 429;
}
