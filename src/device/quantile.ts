import type { Distribution } from './distribution.ts';

/** The value that the given ratio of draws, 0 to 1, stays at or below; in the distribution's unit. */
export function quantile(distribution: Distribution, ratio: number): number {
  if (typeof distribution === 'number') return distribution;
  const { uniform, normal, lognormal, exponential, weibull, points } = distribution;
  if (uniform) return uniform[0] + (uniform[1] - uniform[0]) * ratio;
  if (normal) {
    if (normal.deviation === 0) return normal.mean;
    return Math.max(0, normal.mean + normal.deviation * standardNormalQuantile(ratio));
  }
  if (lognormal) {
    if (lognormal.p99 === lognormal.median) return lognormal.median;
    const sigma = Math.log(lognormal.p99 / lognormal.median) / standardNormalQuantile(0.99);
    return lognormal.median * Math.exp(sigma * standardNormalQuantile(ratio));
  }
  if (exponential) return exponential.mean === 0 ? 0 : -exponential.mean * Math.log1p(-ratio);
  if (weibull) {
    return weibull.scale === 0 ? 0 : weibull.scale * (-Math.log1p(-ratio)) ** (1 / weibull.shape);
  }
  return weightedQuantile(points ?? [], ratio);
}

/** The ratio of draws that are at least `value`, of anything whose quantiles are known; to 1e-9. */
export function shareFrom(quantileOf: (ratio: number) => number, value: number): number {
  if (quantileOf(0) >= value) return 1;
  let low = 0;
  let high = 1;
  for (let halvings = 0; halvings < 30; halvings++) {
    const middle = (low + high) / 2;
    if (quantileOf(middle) < value) low = middle;
    else high = middle;
  }
  return 1 - high;
}

function weightedQuantile(points: readonly (readonly [number, number])[], ratio: number): number {
  const ascending = [...points].sort(([a], [b]) => a - b);
  let left = ratio * points.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of ascending) {
    left -= weight;
    if (left <= 0) return value;
  }
  return ascending.at(-1)?.[0] ?? 0;
}

/** Acklam's rational approximation, its relative error below 1.2e-9: three pieces, the tails mirrored. */
function standardNormalQuantile(ratio: number): number {
  if (ratio <= 0) return Number.NEGATIVE_INFINITY;
  if (ratio > 0.5) return -standardNormalQuantile(1 - ratio);
  if (ratio < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(ratio));
    return polynomial(tail.above, q) / polynomial(tail.below, q);
  }
  const q = ratio - 0.5;
  return (q * polynomial(centre.above, q * q)) / polynomial(centre.below, q * q);
}

const centre = {
  above: [
    -39.696_830_286_653_76, 220.946_098_424_520_5, -275.928_510_446_968_7, 138.357_751_867_269,
    -30.664_798_066_147_16, 2.506_628_277_459_239,
  ],
  below: [
    -54.476_098_798_224_06, 161.585_836_858_040_9, -155.698_979_859_886_6, 66.801_311_887_719_72,
    -13.280_681_552_885_72, 1,
  ],
} as const;

const tail = {
  above: [
    -0.007_784_894_002_430_293, -0.322_396_458_041_136_5, -2.400_758_277_161_838,
    -2.549_732_539_343_734, 4.374_664_141_464_968, 2.938_163_982_698_783,
  ],
  below: [
    0.007_784_695_709_041_462, 0.322_467_129_070_039_8, 2.445_134_137_142_996,
    3.754_408_661_907_416, 1,
  ],
} as const;

/** Coefficients of falling powers. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
