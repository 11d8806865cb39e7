import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the tests look at of a dashboard's JSON. */
export interface DashboardJson {
  readonly uid: string;
  readonly id?: number | null;
  readonly title: string;
  readonly schemaVersion: number;
  readonly graphTooltip: number;
  readonly editable: boolean;
  readonly __inputs?: unknown;
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly annotations: { readonly list: readonly AnnotationJson[] };
}

interface SourceJson {
  readonly type: string;
  readonly uid: string;
}

interface TargetJson {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly interval?: string;
  readonly instant?: boolean;
  readonly datasource: SourceJson;
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: SourceJson;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string };
    readonly overrides: readonly {
      readonly matcher: { readonly id: string; readonly options: string };
    }[];
  };
  readonly targets?: readonly TargetJson[];
}

interface VariableJson {
  readonly name: string;
  readonly label?: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
  readonly datasource?: SourceJson;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
}

interface AnnotationJson {
  readonly name: string;
  readonly expr: string;
  readonly titleFormat: string;
  readonly useValueForTime: boolean;
  readonly datasource: SourceJson;
}

export const dashboardFolder = join(import.meta.dirname, '../../deploy/grafana/dashboards');
export const dashboardFiles: readonly string[] = readdirSync(dashboardFolder);

export function readDashboard(file: string): DashboardJson {
  return JSON.parse(readFileSync(join(dashboardFolder, file), 'utf8')) as DashboardJson;
}

/** One thing that Prometheus is asked, and by what. */
export interface Question {
  readonly where: string;
  /** With Grafana's placeholders. */
  readonly expr: string;
  /** At the end of the chosen time only. */
  readonly isInstant: boolean;
  /** Names and titles with `{{label}}` in them. */
  readonly legend: string;
}

/** Everything a dashboard asks: panels, annotations and variables. */
export function questionsOf(dashboard: DashboardJson): Question[] {
  const ofPanels = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, refId, instant, legendFormat }) => ({
      where: `${title} ${refId}`,
      expr,
      isInstant: instant === true,
      legend: legendFormat ?? '',
    })),
  );
  const ofAnnotations = dashboard.annotations.list.map(({ name, expr, titleFormat }) => ({
    where: `annotation ${name}`,
    expr,
    isInstant: false,
    legend: titleFormat,
  }));
  const ofVariables = dashboard.templating.list
    .filter(({ type }) => type === 'query')
    .map((variable) => ({
      where: `variable ${variable.name}`,
      expr: labelValues(variable),
      isInstant: false,
      legend: '',
    }));
  return [...ofPanels, ...ofAnnotations, ...ofVariables];
}

/** `label_values(selector, label)`, which is Grafana's, as PromQL that has a series for each value. */
function labelValues({ name, query }: VariableJson): string {
  const text = typeof query === 'string' ? query : query.query;
  const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(text) ?? [];
  if (selector === undefined) throw new Error(`variable ${name} asks "${text}"`);
  return `count by (${label}) (${selector})`;
}

export interface Choices {
  /** Seconds from the beginning of the chosen time to its end. */
  readonly rangeSeconds: number;
  /** Seconds between two samples. */
  readonly stepSeconds: number;
}

/** An expression as Grafana sends it when everything is chosen. */
export function substitute(expr: string, { rangeSeconds, stepSeconds }: Choices): string {
  return expr
    .replaceAll('$__rate_interval', `${4 * stepSeconds + 1}s`)
    .replaceAll('$__range', `${rangeSeconds}s`)
    .replaceAll('$__interval', `${2 * stepSeconds}s`)
    .replaceAll('$step', `${stepSeconds}s`)
    .replaceAll('$run_id', '.*')
    .replaceAll('$job_id', '.+')
    .replaceAll('$job', '.+');
}
