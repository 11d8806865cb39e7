import type { Batch } from '../device/population.ts';

/** One of `parts` equal parts of the fleet: a worker's. */
export interface Share {
  readonly part: number;
  readonly parts: number;
}

/** The share of worker `worker` of agent `agent`. */
export function shareOf(agent: number, agents: number, worker: number, workers: number): Share {
  return { part: agent * workers + worker, parts: agents * workers };
}

/**
 * The things of a batch that belong to a share, as places [0, count) in the batch: every `parts`-th,
 * so that each second of a connect ramp and each site of a fleet is spread over all workers.
 */
export function* placesOf(batch: Batch, { part, parts }: Share): Generator<number> {
  for (let place = part; place < batch.count; place += parts) yield place;
}
