import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chart, ChartSize, Point, Series } from '../../../../src/report/chart/chart.ts';
import { legendOf } from '../../../../src/report/chart/legend.ts';
import { renderChart, renderChartFile } from '../../../../src/report/chart/render-chart.ts';
import { anyChart } from './any-chart.ts';
import { cornersOf, elementsOf, overlapping, textBoxes } from './svg-elements.ts';

const sizes: readonly ChartSize[] = ['wide', 'narrow'];

const lineOf = (overrides: Partial<Series> = {}): Series => ({
  name: 'notified',
  shape: 'line',
  color: 'notified',
  points: [
    [0, 0],
    [60, 50],
    [120, 200],
  ],
  ...overrides,
});

const chartOf = (overrides: Partial<Chart> = {}): Chart => ({
  id: 'small',
  title: 'Rollout of fw',
  description: 'What came of it.',
  x: { label: 'time', unit: 'seconds', scale: 'linear' },
  y: { label: 'things', unit: 'count', scale: 'linear' },
  series: [lineOf()],
  ...overrides,
});

/** The edges of the plot, as a cross-hair gets to know them. */
function plotOf(svg: string) {
  const edge = (name: string) => Number(new RegExp(`data-${name}="([\\d.]+)"`).exec(svg)?.[1]);
  return { left: edge('left'), right: edge('right'), top: edge('top'), bottom: edge('bottom') };
}

/** Corners of the line (or area) of one series. */
function drawn(svg: string, index = 0) {
  const group = svg.split(`<g data-series="s${index}">`)[1]?.split('</g>')[0] ?? '';
  const [path] = elementsOf(group).filter(({ name }) => name === 'path');
  return path === undefined ? [] : cornersOf(path);
}

describe('any chart', () => {
  it('is well-formed, whatever names there are, and has no number that is none', () => {
    fc.assert(
      fc.property(anyChart, fc.constantFrom(...sizes), (chart, size) => {
        const svg = renderChart(chart, size);

        for (const { attributes } of elementsOf(svg)) {
          for (const [name, value] of Object.entries(attributes)) {
            if (name !== 'aria-label') expect(value, name).not.toMatch(/NaN|undefined|Infinity/);
          }
        }
        expect(svg).not.toContain(' style=');
        elementsOf(renderChartFile(chart));
        for (const { swatch } of legendOf(chart)) elementsOf(swatch);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('keeps every point within the plot, and every text within the picture and off the others', () => {
    fc.assert(
      fc.property(anyChart, fc.constantFrom(...sizes), (chart, size) => {
        const svg = renderChart(chart, size);
        const plot = plotOf(svg);
        const [width = 0, height = 0] = (/viewBox="0 0 ([\d. ]+)"/.exec(svg)?.[1] ?? '')
          .split(' ')
          .map(Number);
        const boxes = textBoxes(elementsOf(svg));

        for (const index of chart.series.keys()) {
          for (const { x, y } of drawn(svg, index)) {
            // Samples beside labels at the ends stand right of the plot.
            expect(x).toBeGreaterThanOrEqual(plot.left - 0.1);
            expect(x).toBeLessThanOrEqual(plot.right + 22);
            expect(y).toBeGreaterThanOrEqual(plot.top - 0.1);
            expect(y).toBeLessThanOrEqual(plot.bottom + 0.1);
          }
        }
        for (const { text, left, right, top, bottom } of boxes) {
          expect(Math.min(left, top), text).toBeGreaterThanOrEqual(-0.1);
          expect(right, text).toBeLessThanOrEqual(width + 0.1);
          expect(bottom, text).toBeLessThanOrEqual(height);
        }
        expect(overlapping(boxes)).toEqual([]);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});

describe('a chart', () => {
  it.each(sizes)('of a rollout, %s', (size) => {
    const svg = renderChart(
      chartOf({
        series: [
          lineOf({ isTinted: true, endLabel: 'notified 200' }),
          lineOf({
            name: 'predicted',
            color: 'ink',
            dash: 'dashed',
            points: [
              [0, 0],
              [120, 190],
            ],
          }),
        ],
        rules: [{ at: 90, label: 'aborted', color: 'alarm' }],
        bands: [{ from: 90 }],
      }),
      size,
    );

    expect(svg.replaceAll('><', '>\n<')).toMatchSnapshot();
  });

  it('says what it shows in place of the picture', () => {
    const [root, description] = elementsOf(renderChart(chartOf()));

    expect(root?.attributes).toMatchObject({ role: 'img', 'aria-label': 'Rollout of fw' });
    expect(description).toMatchObject({ name: 'desc', text: 'What came of it.' });
    expect(root?.attributes['aria-describedby']).toBe(description?.attributes['id']);
  });

  it('can stand in a page in both sizes', () => {
    const ids = sizes.flatMap((size) =>
      elementsOf(renderChart(chartOf(), size)).flatMap(({ attributes }) => attributes['id'] ?? []),
    );

    expect(new Set(ids).size).toBe(sizes.length);
  });

  it('has a colour on every shape, so that it needs no style sheet', () => {
    const shapes = elementsOf(renderChart(chartOf({ bands: [{ to: 10 }] }))).filter(({ name }) =>
      ['path', 'rect', 'text', 'circle'].includes(name),
    );

    expect(shapes.length).toBeGreaterThan(10);
    for (const { attributes } of shapes) {
      expect(attributes['fill']).toMatch(/^(none|#[0-9a-f]{6})$/);
      if (attributes['fill'] === 'none') expect(attributes['stroke']).toMatch(/^#/);
    }
  });

  it('draws what is above the highest it may show at the upper edge', () => {
    const y = { label: 'share', unit: 'percent', scale: 'linear', max: 20 } as const;

    const svg = renderChart(chartOf({ y }));

    expect(Math.min(...drawn(svg).map((corner) => corner.y))).toBe(plotOf(svg).top);
  });

  it('as a file has its title in the picture', () => {
    const svg = renderChartFile(chartOf());

    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 720 /);
    expect(elementsOf(svg)).toContainEqual(
      expect.objectContaining({ name: 'text', text: 'Rollout of fw' }),
    );
  });

  it('draws nothing where there is nothing', () => {
    const svg = renderChart(chartOf({ series: [] }));

    expect(svg).not.toContain('data-series');
    expect(textBoxes(elementsOf(svg)).length).toBeGreaterThan(3);
  });
});

describe('a long line', () => {
  const long = Array.from({ length: 20_000 }, (_, at): Point => [at, 100 + (at % 7)]);
  const spiked = long.map(([x, y], at): Point => (at === 12_345 ? [x, 900] : [x, y]));

  it.each(['line', 'step', 'area'] as const)(
    'as %s is thinned, and its spike survives',
    (shape) => {
      const svg = renderChart(chartOf({ series: [lineOf({ shape, points: spiked })] }));
      const { top, bottom } = plotOf(svg);

      const corners = drawn(svg);

      // A step has two corners where it changes, an area an edge below.
      expect(corners.length).toBeLessThanOrEqual({ line: 400, step: 800, area: 1600 }[shape]);
      expect(Math.min(...corners.map(({ y }) => y))).toBeCloseTo(bottom - (bottom - top) * 0.9, 0);
    },
  );

  it('has no line through its gaps', () => {
    const points: Point[] = [
      [0, 1],
      [1, 2],
      [2, undefined],
      [3, 2],
      [4, 1],
    ];

    const svg = renderChart(chartOf({ series: [lineOf({ points, endLabel: '' })] }));

    const path = elementsOf(svg.split('<g data-series="s0">')[1]?.split('</g>')[0] ?? '')[0];
    expect(path?.attributes['d']?.match(/M/g)).toHaveLength(2);
  });
});

describe('labels', () => {
  it('at the ends of lines are in their order, and led to from them', () => {
    const series = [100, 101, 102, 103].map((end) =>
      lineOf({
        name: `to ${end}`,
        points: [
          [0, 0],
          [10, end],
        ],
      }),
    );

    const boxes = textBoxes(elementsOf(renderChart(chartOf({ series }))));

    const ends = boxes.filter(({ text }) => text.startsWith('to '));
    expect(ends.toSorted((a, b) => b.top - a.top).map(({ text }) => text)).toEqual(
      series.map(({ name }) => name),
    );
  });

  it('of what happened: those that come first are shown where not all can be', () => {
    const rules = Array.from({ length: 40 }, (_, at) => ({
      at: at === 0 ? 60 : 60 + at / 10,
      label: at === 0 ? 'aborted' : `disturbance ${at}`,
      color: 'muted' as const,
    }));

    const svg = renderChart(chartOf({ rules }));

    const shown = textBoxes(elementsOf(svg)).filter(({ text }) => /aborted|disturb/.test(text));
    expect(shown.map(({ text }) => text)).toContain('aborted');
    expect(shown.length).toBeLessThan(6);
    // All of them have their line, which tells what it is when pointed at.
    expect(svg.match(/<title>/g)).toHaveLength(40);
  });
});
