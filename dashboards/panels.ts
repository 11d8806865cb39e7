import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as gauge from '@grafana/grafana-foundation-sdk/gauge';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { dashed, fixedColor, statusColors } from './palette.ts';

/** What a reader needs of every panel: none goes without a description and a unit. */
interface PanelText {
  readonly title: string;
  readonly description: string;
  /** Grafana's id of it: `s`, `percentunit`, `short`. */
  readonly unit: string;
  /** Of the grid's 24 columns. */
  readonly span: number;
}

/** PromQL, and how each series it answers is called: `{{label}}` stands for its label. */
type Query = readonly [expr: string, legend: string];

/** The smallest step between two samples; `$__rate_interval` becomes four of them. */
const sampleStep = '$step';

function overTime([expr, legend]: Query): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).legendFormat(legend).interval(sampleStep).range();
}

/** Curves; what is counted from zero starts the axis at zero. */
export function lines(text: PanelText, ...queries: readonly Query[]): timeseries.PanelBuilder {
  return new timeseries.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .span(text.span)
    .height(8)
    .min(0)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(0)
    .showPoints(VisibilityMode.Auto)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    )
    .targets(queries.map(overTime));
}

/** Areas that add up, one a status of the protocol, after which its series is called. */
export function stackedByStatus(text: PanelText, query: Query): timeseries.PanelBuilder {
  const panel = lines(text, query)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal))
    .lineWidth(1)
    .fillOpacity(70);
  for (const [status, color] of Object.entries(statusColors)) {
    panel.overrideByName(status, [fixedColor(color)]);
  }
  return panel;
}

/** Draws the series whose names match as what was planned: dashed and in steps. */
export function planned(panel: timeseries.PanelBuilder, names: string): timeseries.PanelBuilder {
  return panel.overrideByRegexp(names, [
    dashed,
    { id: 'custom.lineInterpolation', value: LineInterpolation.StepAfter },
  ]);
}

/** From which value on a figure is coloured how; the first has none. */
export type Limits = readonly [color: string, from: number][];

/** One large figure: the last that is known in the chosen time. */
export function figure(text: PanelText, query: Query, limits: Limits = []): stat.PanelBuilder {
  return new stat.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .span(text.span)
    .height(5)
    .noValue('no data')
    .thresholds(thresholdsOf(limits))
    .reduceOptions(lastValue())
    .withTarget(overTime(query));
}

/** How near a figure is to 1, where something happens. */
export function nearness(text: PanelText, query: Query, limits: Limits): gauge.PanelBuilder {
  return new gauge.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .span(text.span)
    .height(5)
    .min(0)
    .max(1)
    .thresholds(thresholdsOf(limits))
    .reduceOptions(lastValue())
    .withTarget(overTime(query));
}

function lastValue(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(['lastNotNull']);
}

function thresholdsOf(limits: Limits): ThresholdsConfigBuilder {
  const base: Threshold = { color: 'text', value: null };
  const steps = limits.map(([color, value]): Threshold => ({ color, value }));
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([base, ...steps]);
}

/** How durations spread over the buckets of a histogram, point in time by point in time. */
export function spread(text: PanelText, buckets: string): heatmap.PanelBuilder {
  const expr = `sum by (le) (increase(${buckets}[$__rate_interval]))`;
  return new heatmap.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .unit('short')
    .span(text.span)
    .height(8)
    .calculate(false)
    .color(
      new heatmap.HeatmapColorOptionsBuilder()
        .mode(heatmap.HeatmapColorMode.Scheme)
        .scheme('Viridis')
        .steps(64),
    )
    .yAxis(new heatmap.YAxisConfigBuilder().unit(text.unit))
    .withTarget(overTime([expr, '{{le}}']).format(PromQueryFormat.Heatmap));
}

/** A column of a table: what it is called, and the PromQL its values come from. */
export type Column = readonly [title: string, expr: string, unit?: string];

/** One row a combination of `keys`, as it stands at the end of the chosen time. */
export function lastFigures(
  text: PanelText,
  keys: Readonly<Record<string, string>>,
  columns: readonly Column[],
): table.PanelBuilder {
  const panel = new table.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .span(text.span)
    .height(8)
    .noValue('–')
    .targets(
      columns.map(([, expr]) =>
        new DataqueryBuilder().expr(expr).format(PromQueryFormat.Table).instant(),
      ),
    )
    .withTransformation({
      id: 'filterFieldsByName',
      options: { include: { pattern: `^(${Object.keys(keys).join('|')}|Value.*)$` } },
    })
    .withTransformation({ id: 'merge', options: {} });
  for (const [label, title] of Object.entries(keys)) {
    panel.overrideByName(label, [{ id: 'displayName', value: title }]);
  }
  for (const [index, [title, , unit]] of columns.entries()) {
    // One answer is called Value, several are told apart by the letter of their query.
    const letter = String.fromCharCode(65 + index);
    const name = index === 0 ? `/^Value( #${letter})?$/` : `/^Value #${letter}$/`;
    panel.overrideByRegexp(name, [
      { id: 'displayName', value: title },
      ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ]);
  }
  return panel;
}
