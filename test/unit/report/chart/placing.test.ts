import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Axis, Point } from '../../../../src/report/chart/chart.ts';
import { fitText, measureText } from '../../../../src/report/chart/measure-text.ts';
import { simplify } from '../../../../src/report/chart/simplify.ts';
import { spread } from '../../../../src/report/chart/spread.ts';
import { thin } from '../../../../src/report/chart/thin.ts';
import { ticksOf } from '../../../../src/report/chart/ticks.ts';
import { tellValue } from '../../../../src/report/chart/units.ts';

describe('positions that are spread', () => {
  it('are apart, within their room, and keep their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 350 }), { maxLength: 30 }), (wanted) => {
        const placed = spread(wanted, 16, 0, 250);

        const ordered = wanted
          .flatMap((want, index) => {
            const at = placed[index];
            return at === undefined ? [] : [{ want, index, at }];
          })
          .sort((a, b) => a.want - b.want || a.index - b.index);
        expect(ordered).toHaveLength(Math.min(wanted.length, 16));
        for (const [index, { at }] of ordered.entries()) {
          const before = ordered[index - 1]?.at ?? -16;
          expect(at - before).toBeGreaterThanOrEqual(16 - 1e-9);
          expect(at).toBeLessThanOrEqual(250 + 1e-9);
        }
      }),
      { endOnFailure: true },
    );
  });

  it('stay where they are when there is room', () => {
    expect(spread([200, 20, 100], 16, 0, 250)).toEqual([200, 20, 100]);
  });

  it('move by as little as it takes', () => {
    expect(spread([100, 100], 16, 0, 250)).toEqual([92, 108]);
  });
});

describe('a thinned line', () => {
  it('has its extremes, its first and its last point, and no more than it may', () => {
    const anyPoint = fc.tuple(fc.nat(5000), fc.option(fc.nat(1000), { nil: undefined, freq: 9 }));
    fc.assert(
      fc.property(
        fc.array(anyPoint, { minLength: 1, maxLength: 300, size: 'max' }),
        fc.integer({ min: 6, max: 50 }),
        (unordered, most) => {
          const points: Point[] = unordered.toSorted(([a], [b]) => a - b);
          const values = (of: readonly Point[]) =>
            of.flatMap(([, y]) => (y === undefined ? [] : [y]));

          const kept = thin(points, most);

          expect(kept.length).toBeLessThanOrEqual(most);
          expect(kept[0]).toBe(points[0]);
          expect(kept.at(-1)).toBe(points.at(-1));
          expect(Math.max(...values(kept))).toBe(Math.max(...values(points)));
          expect(Math.min(...values(kept))).toBe(Math.min(...values(points)));
        },
      ),
      { endOnFailure: true },
    );
  });
});

describe('a simplified line', () => {
  it('loses what lies on it and keeps its corners', () => {
    const line = [0, 1, 2, 3, 4].map((x) => ({ x: 10 * x, y: x === 3 ? 5 : 0 }));

    expect(simplify(line).map(({ x }) => x)).toEqual([0, 20, 30, 40]);
    expect(simplify([...line, { x: 0, y: 0 }])).toContainEqual({ x: 40, y: 0 });
  });
});

describe('ticks', () => {
  const axis = (unit: Axis['unit'], scale: Axis['scale'] = 'linear'): Axis => ({
    label: '',
    unit,
    scale,
  });

  it.each([
    [axis('seconds'), [0, 412], 9, [0, 60, 120, 180, 240, 300, 360]],
    [axis('seconds'), [-180, 60], 5, [-180, -120, -60, 0, 60]],
    [axis('seconds'), [0, 1], 6, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [axis('count'), [0, 3], 7, [0, 1, 2, 3]],
    [axis('count'), [0, 1500], 7, [0, 250, 500, 750, 1000, 1250, 1500]],
    [axis('percent'), [0, 1], 6, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [axis('microseconds', 'log'), [100, 1000], 7, [100, 200, 500, 1000]],
    [axis('microseconds', 'log'), [100, 1e6], 7, [100, 1000, 1e4, 1e5, 1e6]],
    [axis('percentile', 'percentile'), [0, 99.95], 9, [0, 50, 90, 99, 99.9]],
  ] as const)('%j over %j, at most %i', (of, domain, most, expected) => {
    expect(ticksOf(of, domain, most)).toEqual(expected);
  });

  it('are never more than may be', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e4, max: 1e4, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
        fc.integer({ min: 3, max: 9 }),
        fc.constantFrom<Axis['unit']>('seconds', 'count', 'percent'),
        (low, span, most, unit) => {
          expect(ticksOf(axis(unit), [low, low + span], most).length).toBeLessThanOrEqual(most);
        },
      ),
      { endOnFailure: true },
    );
  });
});

describe('text', () => {
  it('that is too long for its room ends with an ellipsis, and then fits', () => {
    const fitted = fitText('a rather long name of an operation', 12, 100);

    expect(fitted).toMatch(/^a rather.*…$/);
    expect(measureText(fitted, 12)).toBeLessThanOrEqual(100);
    expect(fitText('short', 12, 100)).toBe('short');
    expect(fitText('anything', 12, 3)).toBe('');
  });

  it.each([
    [1320, 'count', '1,320'],
    [2.25, 'count', '2.3'],
    [0, 'seconds', '0s'],
    [384.5, 'seconds', '6m25s'],
    [1500, 'microseconds', '1.5ms'],
    [8.0357, 'percent', '8.04%'],
    [99.966_667, 'percentile', 'p99.967'],
    [25.01, 'percentile', 'p25'],
    [0.052, 'perSecond', '0.052/s'],
    [120, 'perMinute', '120/min'],
  ] as const)('tells %d of %s as %s', (value, unit, told) => {
    expect(tellValue(value, unit)).toBe(told);
  });
});
