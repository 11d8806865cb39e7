import type { OperationSummary, Summary } from './summary.ts';

/**
 * The operations whose latency is told in wall time: what the network and the service take. An execution is
 * the work of a device, which goes by simulated time; the cohorts tell how long it took.
 */
export function wallOperations({ operations }: Summary): OperationSummary[] {
  return operations.filter(({ name }) => name !== 'execution');
}
