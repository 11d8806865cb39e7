import type { AccountRates } from './account-rates.ts';
import type { CallCounts } from './resource-calls.ts';

/** Calls under way side by side; one stage ends before the next begins. The rest comes after all. */
const stages: readonly (readonly string[])[] = [
  ['DescribeEndpoint'],
  ['CreateThingGroup'],
  ['DescribeThingGroup'],
  ['DeleteJob', 'DescribeJob'],
  ['DetachThingPrincipal', 'DetachPolicy', 'UpdateCertificate', 'DeleteCertificate'],
  ['DeletePolicy'],
  ['DeleteThing'],
  ['DeleteThingGroup'],
];

/** Of an operation that no table names; as `ApiBudget` has it. */
const otherwisePerSecond = 10;

/** Seconds that these calls take at the account's rates: of a stage, its slowest operation. */
export function secondsOf(calls: CallCounts, rates: AccountRates['control']): number {
  const perSecond: Readonly<Record<string, number | undefined>> = rates;
  const secondsFor = (operation: string) =>
    (calls[operation] ?? 0) / (perSecond[operation] ?? otherwisePerSecond);
  const named = new Set(stages.flat());
  const rest = Object.keys(calls).filter((operation) => !named.has(operation));
  return [...stages, rest].reduce((sum, stage) => sum + Math.max(0, ...stage.map(secondsFor)), 0);
}
