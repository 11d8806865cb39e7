import { describe, expect, it } from 'vitest';
import { renderSweepSvg } from '../../../src/report/sweep-chart.ts';
import { renderSweepCsv } from '../../../src/report/sweep-csv.ts';
import { axisNames, sweepTable } from '../../../src/report/sweep-text.ts';
import { Sweep, type SweptPoint } from '../../../src/report/uncertainty.ts';
import { shareOf } from '../../../src/run/estimates.ts';
import { spreadOfAll } from '../../../src/run/monte-carlo.ts';

const threshold = 'jobs.fw.create.abortConfig.criteriaList.0.thresholdPercentage';

const pointOf = (
  values: string[],
  aborted: number,
  harmed: number,
  isBest: boolean,
): SweptPoint => ({
  values,
  aborts: shareOf(aborted, 20),
  completes: shareOf(20 - aborted, 20),
  harmedThings: spreadOfAll([harmed]),
  notified: spreadOfAll([1000]),
  ...(aborted === 0 ? {} : { tripSeconds: spreadOfAll([90.5]) }),
  isBest,
});

const sweepOf = (overrides: Partial<Sweep> = {}): Sweep =>
  Sweep.parse({
    seeds: 20,
    axes: [threshold, 'fleet.connect'],
    points: [
      pointOf(['2', '{ perSecond: 5, inFlight: 1 }'], 20, 12, true),
      pointOf(['9', '"<a>"'], 10, 80, false),
      pointOf(['20', 'x & y'], 0, 70, true),
    ],
    ...overrides,
  });

describe('sweep.csv', () => {
  it('has one line a point, values under their paths, and nothing where there is nothing', () => {
    const [head, first, second, third, ...rest] = renderSweepCsv(sweepOf()).split('\n');

    expect(head).toMatch(new RegExp(`^${threshold},fleet\\.connect,seeds,aborts,aborts\\.low,`));
    expect(head).toMatch(/,tripSeconds\.p97_5,best$/);
    expect(first).toMatch(/^2,"\{ perSecond: 5, inFlight: 1 \}",20,1,0\.83\d+,1,0,/);
    expect(first).toMatch(/,90\.5,1$/);
    expect(second).toMatch(/^9,"""<a>""",20,0\.5,/);
    expect(third).toMatch(/,,,,,,,1$/);
    expect(rest).toEqual(['']);
    const columns = new Set([head, third].map((line) => line?.split(',').length));
    expect(columns.size).toBe(1);
  });

  it('has false aborts where they were looked for', () => {
    const point = { ...pointOf(['1', '2'], 3, 4, true), falseAborts: shareOf(5, 20) };
    const [head = '', line = ''] = renderSweepCsv(sweepOf({ points: [point] })).split('\n');

    expect(line.split(',')[head.split(',').indexOf('falseAborts')]).toBe('0.25');
  });
});

/** Where values of the picture are, read off its own ticks. */
function scaleOf(svg: string) {
  const tick = (label: string, attribute: 'x' | 'y') =>
    Number(new RegExp(` ${attribute}="([\\d.]+)"[^>]*>${label}</text>`).exec(svg)?.[1]);
  const labels = [...svg.matchAll(/text-anchor="end">([\d,.]+M?)<\/text>/g)].map(
    ([, text]) => text,
  );
  const top = labels.at(-1) ?? '';
  const [left, right] = [tick('0%', 'x'), tick('100%', 'x')];
  // The baseline of a label is 4 below its tick.
  const [low, high] = [tick('0', 'y') - 4, tick(top, 'y') - 4];
  const most = Number(top.replace('M', 'e6').replaceAll(',', ''));
  return {
    x: (probability: number) => left + probability * (right - left),
    y: (harmed: number) => low + (harmed / most) * (high - low),
    most,
  };
}

const circlesOf = (svg: string) =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"/g)].map((match) =>
    match.slice(1).map(Number),
  );

describe('sweep.svg', () => {
  it('is a picture that says what it shows, needs no style sheet, and has every point once', () => {
    const svg = renderSweepSvg(sweepOf());

    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 720 /);
    expect(svg).toContain('<title>Trade-off of thresholdPercentage, connect</title>');
    expect(svg).toMatch(/<desc>3 points of 20 seeds .*2 that no other beats/);
    expect(svg).toContain('>probability that a job aborts</text>');
    expect(svg).toContain('>things harmed (mean)</text>');
    expect(svg.match(/<circle /g)).toHaveLength(3);
    expect(svg).not.toMatch(/style|script|NaN|undefined/);
  });

  it('joins the best from the left to the right, aborts across and harm upwards', () => {
    const svg = renderSweepSvg(sweepOf());

    const { x, y } = scaleOf(svg);
    const [, line = ''] = /data-series="s0"><path d="([^"]+)"/.exec(svg) ?? [];
    const corners = [...line.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, cx, cy]) => [
      Number(cx),
      Number(cy),
    ]);
    expect(corners).toEqual([
      [expect.closeTo(x(0), 0), expect.closeTo(y(70), 0)],
      [expect.closeTo(x(1), 0), expect.closeTo(y(12), 0)],
    ]);
    // The one that is beaten is smaller.
    expect(circlesOf(svg)).toContainEqual([
      expect.closeTo(x(0.5), 0),
      expect.closeTo(y(80), 0),
      3.5,
    ]);
  });

  it('escapes what users wrote', () => {
    const svg = renderSweepSvg(sweepOf());

    expect(svg).toContain('connect &quot;&lt;a&gt;&quot;');
    expect(svg).toContain('>20, x &amp; y</text>');
    expect(svg).not.toMatch(/<a>|x & y/);
  });

  it('goes by false aborts where they are known, and says so', () => {
    const points = [{ ...pointOf(['2', '3'], 20, 12, true), falseAborts: shareOf(5, 20) }];

    const svg = renderSweepSvg(sweepOf({ healthy: 'good', points }));

    expect(svg).toContain('>probability that a job aborts although all things are good</text>');
    expect(circlesOf(svg)[0]?.[0]).toBeCloseTo(scaleOf(svg).x(0.25), 0);
  });

  it.each([0, 1, 3.2, 4, 41, 999, 1_000_000])('its scale holds %d harmed things', (harmed) => {
    const svg = renderSweepSvg(sweepOf({ points: [pointOf(['1', '2'], 5, harmed, true)] }));

    const { y, most } = scaleOf(svg);
    expect(circlesOf(svg)[0]?.[1]).toBeCloseTo(y(harmed), 0);
    expect(most).toBeGreaterThanOrEqual(harmed);
    // No more than half of the plot is left empty.
    if (harmed >= 4) expect(most).toBeLessThanOrEqual(2 * harmed);
  });
});

describe('the table', () => {
  it('marks the best, with probabilities and their intervals', () => {
    const { headings, rows } = sweepTable(sweepOf(), '*');

    expect(headings).toEqual([
      '  thresholdPercentage',
      'connect',
      'aborts',
      'harmed',
      'notified',
      'trips after',
    ]);
    expect(rows[0]?.slice(2)).toEqual(['100% (83.9-100)', '12', '1,000', '1m31s']);
    expect(rows.map(([first]) => first)).toEqual(['* 2', '  9', '* 20']);
    expect(rows[2]?.at(-1)).toBe('never');
  });

  it('of a large sweep shows the best, and says where the others are', () => {
    const points = Array.from({ length: 60 }, (_, index) =>
      pointOf([`${index}`, 'x'], 1, index, index < 2),
    );

    const { rows, notes } = sweepTable(sweepOf({ points }), '*');

    expect(rows).toHaveLength(2);
    expect(notes).toContain('2 of 60 points shown; all are in sweep.csv');
  });

  it.each([
    [
      ['a.b.c', 'a.d'],
      ['c', 'd'],
    ],
    [
      ['a.x.c', 'a.y.c', 'q.d'],
      ['x.c', 'y.c', 'd'],
    ],
    [
      ['c', 'a.c'],
      ['c', 'a.c'],
    ],
  ])('%j are called %j', (axes, names) => {
    expect(axisNames(axes)).toEqual(names);
  });
});
