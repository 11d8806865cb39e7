import type { MessageEstimate } from './estimate.ts';
import type { Prices } from './prices.ts';
import type { CallCounts } from './resource-calls.ts';

interface CostLine {
  readonly what: 'messages' | 'connection minutes' | 'registry operations' | 'remote actions';
  readonly quantity: number;
  /** In the currency of the price table. */
  readonly amount: number;
}

export interface CostEstimate extends Pick<Prices, 'asOf' | 'region' | 'currency'> {
  readonly lines: readonly CostLine[];
  readonly amount: number;
}

export interface CostInput {
  readonly prices: Prices;
  readonly calls: readonly CallCounts[];
  readonly messages: MessageEstimate;
  readonly executions: number;
}

/** What AWS's price list counts as an operation of the registry; taking away is free. */
const registryOperations: ReadonlySet<string> = new Set([
  'AddThingToThingGroup',
  'AttachThingPrincipal',
  'CreateThing',
  'CreateThingGroup',
  'DescribeThing',
  'DescribeThingGroup',
  'ListThingsInThingGroup',
]);

export function costOf({ prices, calls, messages, executions }: CostInput): CostEstimate {
  const { asOf, region, currency } = prices;
  const { connectionMinutes, events, ...counts } = messages;
  const metered = Object.values(counts).reduce((sum, count) => sum + count, 2 * events);
  const registry = calls
    .flatMap((counts) => Object.entries(counts))
    .reduce((sum, [operation, count]) => sum + (registryOperations.has(operation) ? count : 0), 0);
  const line = (what: CostLine['what'], quantity: number, each: number): CostLine => ({
    what,
    quantity,
    amount: quantity * each,
  });
  const lines = [
    line('messages', metered, prices.messagesPerMillion / 1e6),
    line('connection minutes', connectionMinutes, prices.connectionMinutesPerMillion / 1e6),
    line('registry operations', registry, prices.registryOperationsPerMillion / 1e6),
    line('remote actions', executions, prices.remoteActionsPerThousand / 1000),
  ];
  const amount = lines.reduce((sum, each) => sum + each.amount, 0);
  return { asOf, region, currency, lines, amount };
}
