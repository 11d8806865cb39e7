import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  type QueryVariableBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { finish } from './finish.ts';
import { datasourceVariable, stepVariable } from './variables.ts';

interface Composition {
  /** Stays: links and bookmarks go by it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly QueryVariableBuilder[];
  readonly annotations: readonly AnnotationQueryBuilder[];
  /** Panels by the title of their row, in reading order. */
  readonly rows: Readonly<Record<string, readonly cog.Builder<Panel>[]>>;
}

const tag = 'fleetrig';

export function compose(composition: Composition): Dashboard {
  const { uid, title, description, variables, annotations, rows } = composition;
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([tag])
    .timezone('browser')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-15m', to: 'now' })
    .refresh('5s')
    .variables([datasourceVariable(), ...variables, stepVariable()])
    .annotations([...annotations])
    .link(
      new DashboardLinkBuilder('fleetrig')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .keepTime(true),
    );
  for (const [rowTitle, panels] of Object.entries(rows)) {
    builder.withRow(new RowBuilder(rowTitle));
    for (const panel of panels) builder.withPanel(panel);
  }
  return finish(builder.build());
}
