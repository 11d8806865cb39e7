import fc from 'fast-check';
import type { Chart, Point, Series } from '../../../../src/report/chart/chart.ts';

const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', '<script>', `"&'`, ']]>', '\u0000', '\ud800', 'notified', 'ÄÖÜ 中文字'),
);
const anyValue = fc.oneof(
  fc.integer({ min: 0, max: 2000 }),
  fc.double({ min: 0, max: 1e9, noNaN: true }),
  fc.constantFrom(0, 1e-3, 1),
);

const anyLook = fc.record({
  name: anyName,
  color: fc.constantFrom('notified', 'failed', 'set-1', 'set-8'),
  dash: fc.constantFrom('solid', 'dashed', 'dash-dot'),
  isTinted: fc.boolean(),
});

function pointsOf(xs: readonly number[], ys: readonly (number | undefined)[]): Point[] {
  return [...xs].sort((a, b) => a - b).map((x, at) => [x, ys[at % ys.length]]);
}

function seriesOf(isPercentile: boolean): fc.Arbitrary<Series> {
  const anyX = isPercentile
    ? fc.double({ min: 0, max: 99.9999, noNaN: true })
    : fc.double({ min: -200, max: 1e6, noNaN: true });
  return fc
    .record({
      look: anyLook,
      mark: fc.constantFrom('circle', 'cross'),
      shape: fc.constantFrom('line', 'step', 'bar', 'dots'),
      xs: fc.array(anyX, { minLength: 0, maxLength: 60 }),
      ys: fc.array(fc.option(anyValue, { nil: undefined, freq: 20 }), { minLength: 1 }),
      labels: fc.array(anyName, { maxLength: 5 }),
    })
    .map(({ look, mark, shape, xs, ys, labels }) => ({
      ...look,
      mark,
      shape,
      points: pointsOf(xs, ys),
      ...(shape === 'bar' ? { span: 10 } : {}),
      ...(shape === 'dots' ? { tips: labels, labels, endLabel: '' } : {}),
    }));
}

const anyStack: fc.Arbitrary<Series[]> = fc
  .record({
    xs: fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 0, maxLength: 60 }),
    layers: fc.array(fc.record({ look: anyLook, ys: fc.array(fc.nat(1000), { minLength: 1 }) }), {
      maxLength: 9,
    }),
  })
  .map(({ xs, layers }) =>
    layers.map(({ look, ys }) => ({ ...look, shape: 'area', points: pointsOf(xs, ys) })),
  );

/** Any chart a page could ask for, with any text in it. */
export const anyChart: fc.Arbitrary<Chart> = fc
  .record({
    isPercentile: fc.boolean(),
    stack: anyStack,
    texts: fc.tuple(anyName, anyName, anyName, anyName),
    height: fc.constantFrom('tall', 'short'),
    scale: fc.constantFrom('linear', 'log'),
    unitX: fc.constantFrom('seconds', 'count', 'percent'),
    unitY: fc.constantFrom('count', 'seconds', 'microseconds', 'percent', 'perMinute', 'perSecond'),
    rules: fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 99 }),
        label: anyName,
        color: fc.constantFrom('alarm', 'muted'),
      }),
      { maxLength: 12 },
    ),
    hasBands: fc.boolean(),
  })
  .chain(({ isPercentile, stack, texts, scale, unitX, unitY, hasBands, ...rest }) =>
    fc.array(seriesOf(isPercentile), { maxLength: 8 }).map((lines): Chart => {
      const [title, description, labelX, labelY] = texts;
      return {
        ...rest,
        id: 'any',
        title,
        description,
        x: isPercentile
          ? { label: labelX, unit: 'percentile', scale: 'percentile' }
          : { label: labelX, unit: unitX, scale: 'linear' },
        y: { label: labelY, unit: unitY, scale },
        series: isPercentile || scale === 'log' ? lines : [...stack, ...lines],
        bands: hasBands ? [{ to: 10 }, { from: 50 }] : [],
      };
    }),
  );
