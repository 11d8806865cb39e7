import type { Clock } from '../base/clock.ts';
import type { FleetOrder } from '../fleet/wire.ts';
import type { Collector } from './collector.ts';
import type { Halt } from './halt.ts';
import type { World } from './world.ts';

/** AWS's own are good for an hour and more, and are renewed minutes before their end. */
const renewEveryMs = 60_000;

export interface Renewal {
  readonly world: Pick<World, 'credentials'>;
  readonly clock: Clock;
  readonly halt: Pick<Halt, 'ending'>;
  readonly collector: Pick<Collector, 'addError'>;
}

/** Hands out the credentials in force from time to time, until the run ends: things that connect late sign too. */
export function renewCredentials(
  { world, clock, halt, collector }: Renewal,
  order: (order: FleetOrder) => void,
): void {
  const { credentials } = world;
  if (credentials === undefined) return;
  const renew = async (): Promise<void> => {
    if (halt.ending !== undefined) return;
    try {
      order({ type: 'credentials', credentials: await credentials() });
    } catch (error) {
      collector.addError('the credentials could not be renewed', error);
    }
    next();
  };
  const next = () => clock.schedule(clock.now() + renewEveryMs, () => void renew());
  next();
}
