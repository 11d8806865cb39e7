import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { awsQuotas, type Quotas, readQuotas } from '../protocol/quotas.ts';

/** Of an account's rates, so much is used: others use it too, and clocks differ. */
const usedShare = 0.9;

/** What a run may ask of an account, per second. */
export interface AccountRates {
  /** By operation of the control plane. */
  readonly control: Quotas['control'];
  readonly devices: DeviceRates;
}

/** Of all things together; undefined is not limited. */
export interface DeviceRates {
  readonly connects: number | undefined;
  /** Of job executions: DescribeJobExecution and GetPendingJobExecutions. */
  readonly reads: number | undefined;
  /** UpdateJobExecution and StartNextPendingJobExecution. */
  readonly writes: number | undefined;
}

/** Those of a quota file beside the scenario, else those that AWS grants everybody (reference §9.5, §9.6). */
export function accountRates(file: string | undefined, scenarioDir: string): AccountRates {
  const quotas = file === undefined ? awsQuotas : readAccount(resolve(scenarioDir, file));
  const { connects, dataReads: reads, dataWrites: writes } = quotas.rates;
  return {
    control: Object.fromEntries(
      Object.entries(quotas.control).map(([operation, rate]) => [operation, rate * usedShare]),
    ),
    devices: { connects: used(connects), reads: used(reads), writes: used(writes) },
  };
}

function used(rate: number | undefined): number | undefined {
  return rate === undefined ? undefined : rate * usedShare;
}

function readAccount(path: string): Quotas {
  return readQuotas({
    path,
    readText: (file) => readFileSync(file, 'utf8'),
    code: 'scenario',
    hint: 'target.aws.quotas is a JSON file such as {"extends":"aws","control":{"CreateThing":50}}',
  });
}
