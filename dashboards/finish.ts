import type {
  AnnotationQuery,
  Dashboard,
  Panel,
  RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** Chosen at the top of the dashboard, so that an import asks nothing. */
const datasource = { type: 'prometheus', uid: '$datasource' } as const;

/** What the builders leave open: panel ids, refIds, and one data source for all that asks one. */
export function finish(dashboard: Dashboard): Dashboard {
  return {
    ...dashboard,
    ...(dashboard.templating === undefined ? {} : { templating: finishVariables(dashboard) }),
    annotations: { list: (dashboard.annotations?.list ?? []).map(finishAnnotation) },
    panels: numbered((dashboard.panels ?? []).map(finishPanel)),
  };
}

type AnyPanel = Panel | RowPanel;

function isRow(panel: AnyPanel): panel is RowPanel {
  return panel.type === 'row';
}

/** Rows stand open: their panels follow them in the list. */
function numbered(panels: readonly AnyPanel[]): AnyPanel[] {
  return panels.map((panel, index) => ({ ...panel, id: index + 1 }));
}

function finishPanel(panel: AnyPanel): AnyPanel {
  if (isRow(panel)) return panel;
  const targets = (panel.targets ?? []).map((target, index) => ({
    ...target,
    datasource,
    refId: String.fromCharCode(65 + index),
  }));
  return { ...panel, datasource, targets };
}

function finishVariables({ templating }: Dashboard): NonNullable<Dashboard['templating']> {
  const list = templating?.list ?? [];
  return {
    list: list.map((variable) =>
      variable.type === 'query' ? { ...variable, datasource } : variable,
    ),
  };
}

function finishAnnotation(annotation: AnnotationQuery): AnnotationQuery {
  return { ...annotation, datasource };
}
