import { z } from 'zod';
import type { Millis } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { Duration } from './quantity.ts';

/** How long to wait before trying again: longer each time, up to a limit, scattered by jitter. */
export const Backoff = z
  .strictObject({
    min: Duration.refine((ms) => ms >= 100, 'must be 100ms or more')
      .prefault('1s')
      .describe('The first wait, before jitter.'),
    max: Duration.prefault('2m').describe('The longest wait, before jitter.'),
    factor: z.number().min(1).max(10).default(2).describe('How much longer each wait is.'),
    jitter: z
      .enum(['none', 'equal', 'full'])
      .default('full')
      .describe(
        'What is drawn: nothing, half the wait, or all of it (which scatters a crowd best).',
      ),
  })
  .refine(({ min, max }) => min <= max, 'min must not exceed max');

export type Backoff = z.output<typeof Backoff>;

/** Milliseconds to wait after failure number `failures` (the first is 1) in a row. */
export function backoffMs(backoff: Backoff, failures: number, random: Random): Millis {
  const { min, max, factor, jitter } = backoff;
  const waitMs = Math.min(max, min * factor ** (failures - 1));
  switch (jitter) {
    case 'none':
      return waitMs;
    case 'equal':
      return (waitMs * (1 + random.next())) / 2;
    case 'full':
      return waitMs * random.next();
  }
}
