import { escapeXml } from '../junit.ts';
import { type Chart, type ChartSize, seriesKey } from './chart.ts';
import { drawEndLabels } from './end-labels.ts';
import { drawFrame, drawRules } from './frame.ts';
import { fontSize, type Layout, layOut } from './layout.ts';
import { fitText } from './measure-text.ts';
import { pointLabels } from './point-labels.ts';
import { drawArea, drawSeries } from './shapes.ts';
import { stackOf, thinStack } from './stack.ts';
import { box, tenth, text } from './svg.ts';

/**
 * The chart as one `<svg>` for a page. It carries `data-left`, `data-right`, `data-top` and `data-bottom`
 * (the plot, in units of its viewBox) for a cross-hair, and `data-series` on the group of each series.
 * It has no title element: browsers show that as a tip over the whole picture.
 */
export function renderChart(chart: Chart, size: ChartSize = 'wide'): string {
  const layout = layOut(chart, size);
  const { width, height, plot } = layout;
  const id = `${chart.id}-${size}-desc`;
  const edges = Object.entries(plot).map(([name, at]) => ` data-${name}="${tenth(at)}"`);
  return [
    `<svg viewBox="0 0 ${width} ${tenth(height)}" role="img" aria-label="${escapeXml(chart.title)}" aria-describedby="${id}"${edges.join('')} font-family="system-ui, sans-serif" font-size="${fontSize}">`,
    `<desc id="${id}">${escapeXml(chart.description)}</desc>`,
    drawInside(chart, layout),
    '</svg>',
  ].join('');
}

const titleHeight = 34;
const titleSize = 16;

/** The same as a file of its own: on paper, with its title in the picture. */
export function renderChartFile(chart: Chart): string {
  const layout = layOut(chart, 'wide');
  const height = tenth(layout.height + titleHeight);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${layout.width} ${height}" width="${layout.width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="${fontSize}">`,
    `<title>${escapeXml(chart.title)}</title>`,
    `<desc>${escapeXml(chart.description)}</desc>`,
    box({ x: 0, y: 0 }, { x: layout.width, y: height }, 'paper'),
    text({ x: 4, y: 24 }, fitText(chart.title, titleSize, layout.width - 8), {
      size: titleSize,
      isBold: true,
    }),
    `<g transform="translate(0,${titleHeight})">`,
    drawInside(chart, layout),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function drawInside(chart: Chart, layout: Layout): string {
  const areas = thinStack(stackOf(chart), layout.pointsMax);
  const endLabels = drawEndLabels(chart, areas, layout);
  const groups = chart.series.map((series, index) => {
    const area = areas.find((one) => one.index === index);
    const shape =
      area === undefined ? drawSeries(series, index, layout) : drawArea(area, series, layout);
    return `<g data-series="${seriesKey(index)}">${shape}${endLabels.get(index) ?? ''}</g>`;
  });
  return [
    drawFrame(chart, layout),
    ...groups,
    drawRules(chart, layout),
    pointLabels(chart, layout),
  ].join('');
}
