import { z } from 'zod';
import type { Random } from '../base/random.ts';
import { Duration, Rate } from './quantity.ts';

/** The standard normal's 99th percentile. */
const z99 = 2.326_347_874_040_841;

/** Exactly one shape over whatever is parsed by `quantity`. */
function shapeOf(quantity: z.ZodType<number, string>) {
  return z
    .strictObject({
      uniform: z
        .tuple([quantity, quantity])
        .refine(([low, high]) => low <= high, 'the first must not exceed the second')
        .optional()
        .describe('[lowest, highest], all between equally likely.'),
      normal: z
        .strictObject({
          mean: quantity.describe('The average.'),
          deviation: quantity.describe('The standard deviation.'),
        })
        .optional()
        .describe('Bell curve; what falls below zero counts as zero.'),
      lognormal: z
        .strictObject({
          median: quantity
            .refine((median) => median > 0, 'must be above 0')
            .describe('Half are below it, half above.'),
          p99: quantity.describe('One in a hundred exceeds it.'),
        })
        .refine(({ median, p99 }) => p99 >= median, 'p99 must not be below the median')
        .optional()
        .describe('Long tail to the right: how downloads and installs usually spread.'),
      exponential: z
        .strictObject({ mean: quantity.describe('The average.') })
        .optional()
        .describe('Memoryless: times between independent events.'),
      weibull: z
        .strictObject({
          scale: quantity.describe('63 % are below it.'),
          shape: z
            .number()
            .min(0.1)
            .max(100)
            .describe('Below 1 heavier tail than exponential, above 1 lighter.'),
        })
        .optional()
        .describe('Times to failure.'),
      points: z
        .array(z.tuple([quantity, z.number().positive()]))
        .min(1)
        .optional()
        .describe('[value, weight] pairs, such as measured ones; one of them is drawn.'),
    })
    .refine((shape) => Object.values(shape).filter((part) => part !== undefined).length === 1, {
      message: 'name exactly one of uniform, normal, lognormal, exponential, weibull, points',
    })
    .meta({ minProperties: 1, maxProperties: 1 });
}

/** How long something takes: always the same (`40s`), or drawn. */
export const Distribution = z.union([Duration, shapeOf(Duration)]).meta({ id: 'Distribution' });

/** How fast something goes: always the same (`200kB/s`), or drawn. */
export const RateDistribution = z.union([Rate, shapeOf(Rate)]).meta({ id: 'RateDistribution' });

/** In milliseconds, or bytes per second: a constant, or exactly one of the shapes. */
export type Distribution = z.output<typeof Distribution>;

/** One draw in the unit of the distribution, never below 0. */
export function draw(distribution: Distribution, random: Random): number {
  if (typeof distribution === 'number') return distribution;
  const { uniform, normal, lognormal, exponential, weibull, points } = distribution;
  if (uniform) return uniform[0] + (uniform[1] - uniform[0]) * random.next();
  if (normal) return Math.max(0, normal.mean + normal.deviation * random.normal());
  if (lognormal) {
    const sigma = Math.log(lognormal.p99 / lognormal.median) / z99;
    return lognormal.median * Math.exp(sigma * random.normal());
  }
  if (exponential) return exponential.mean * standardExponential(random);
  if (weibull) return weibull.scale * standardExponential(random) ** (1 / weibull.shape);
  return pickWeighted(points ?? [], random) ?? 0;
}

/** A draw from a stream of its own, named `name`; a constant needs none. */
export function drawApart(distribution: Distribution, random: Random, name: string): number {
  return typeof distribution === 'number' ? distribution : draw(distribution, random.fork(name));
}

/** One of the values, each as likely as its weight; undefined when there are none. */
export function pickWeighted<T>(
  entries: readonly (readonly [value: T, weight: number])[],
  random: Random,
): T | undefined {
  let whole = 0;
  for (const entry of entries) whole += entry[1];
  let left = random.next() * whole;
  for (const [value, weight] of entries) {
    left -= weight;
    if (left < 0) return value;
  }
  return entries.at(-1)?.[0];
}

function standardExponential(random: Random): number {
  return -Math.log(1 - random.next());
}
