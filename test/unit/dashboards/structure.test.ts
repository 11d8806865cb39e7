import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dashboards, renderDashboard } from '../../../dashboards/dashboards.ts';
import {
  dashboardFiles,
  dashboardFolder,
  type PanelJson,
  readDashboard,
} from '../../support/dashboards.ts';

it('the committed dashboards are what the code says; npm run dashboards renews them', () => {
  expect([...dashboardFiles].sort()).toEqual(Object.keys(dashboards).sort());
  for (const [file, build] of Object.entries(dashboards)) {
    const committed = readFileSync(join(dashboardFolder, file), 'utf8');
    expect(renderDashboard(build()) === committed, file).toBe(true);
  }
});

it('uids are stable and no two are the same', () => {
  const uids = dashboardFiles.map((file) => readDashboard(file).uid);

  expect(uids.sort()).toEqual(['fleetrig-emulator', 'fleetrig-run']);
  expect(uids.filter((uid) => uid.length > 40)).toEqual([]);
});

/** The rules of Grafana's own linter for dashboards, where they apply, and some of ours. */
describe.each(dashboardFiles)('%s', (file) => {
  const dashboard = readDashboard(file);
  const variables = new Map(dashboard.templating.list.map((each) => [each.name, each]));
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');
  const chosenSource = { type: 'prometheus', uid: '$datasource' };

  it('imports without a question', () => {
    expect(dashboard).not.toHaveProperty('__inputs');
    expect(dashboard).not.toHaveProperty('id');
    expect(dashboard.schemaVersion).toBe(42);
    expect(dashboard.editable).toBe(false);
    expect(dashboard.graphTooltip).toBe(1);
    expect(variables.get('datasource')).toMatchObject({ type: 'datasource', query: 'prometheus' });
  });

  it('asks the chosen data source everywhere', () => {
    const sources = [
      ...panels.flatMap(({ datasource, targets = [] }) => [
        datasource,
        ...targets.map((target) => target.datasource),
      ]),
      ...dashboard.annotations.list.map(({ datasource }) => datasource),
      ...dashboard.templating.list
        .filter(({ type }) => type === 'query')
        .map(({ datasource }) => datasource),
    ];

    expect(sources.length).toBeGreaterThan(panels.length);
    for (const source of sources) expect(source).toEqual(chosenSource);
  });

  it('has a job variable that takes several or all, renewed with the time', () => {
    const labels = dashboard.templating.list.filter(({ type }) => type === 'query');

    expect(variables.get('job')).toMatchObject({ label: 'Job', allValue: '.+' });
    for (const variable of labels) {
      expect(variable, variable.name).toMatchObject({ multi: true, includeAll: true, refresh: 2 });
    }
  });

  it('numbers its panels and queries', () => {
    const ids = dashboard.panels.map(({ id }) => id);

    expect(ids).toEqual(dashboard.panels.map((_, index) => index + 1));
    for (const { title, targets = [] } of panels) {
      const refIds = targets.map(({ refId }) => refId);
      expect(refIds, title).toEqual([...'ABCDEFGHIJ'.slice(0, targets.length)]);
      expect(targets.length, title).toBeGreaterThan(0);
    }
  });

  it('says of every panel what it shows and in which unit', () => {
    for (const panel of panels) {
      expect(panel.title).not.toBe('');
      expect(panel.description, panel.title).toMatch(/^[A-Z].{15,}\.$/s);
      expect(panel.fieldConfig?.defaults.unit, panel.title).toBeTruthy();
    }
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });

  it('lays its panels out without a gap at the side or one over another', () => {
    const cells = new Map<string, string>();
    for (const panel of dashboard.panels) {
      for (const cell of cellsOf(panel)) {
        expect(cells.get(cell), `${panel.title} at ${cell}`).toBeUndefined();
        cells.set(cell, panel.title);
      }
    }
    const rows = new Set([...cells.keys()].map((cell) => cell.split(',')[1]));
    expect(cells.size).toBe(rows.size * 24);
  });

  it('matches the chosen jobs in every selector and rates over the interval that fits the step', () => {
    const rateOver = /\b(?:rate|increase)\([^[]+\[([^\]]+)\]/g;
    for (const { title, targets = [] } of panels) {
      for (const { expr, interval, instant } of targets) {
        const selectors = expr.match(/[a-z_]+\{/g) ?? [];
        const chosen = expr.match(/\{job=~"\$job"[,}]/g) ?? [];
        expect(chosen.length, `${title}: ${expr}`).toBe(selectors.length);
        for (const [, over] of expr.matchAll(rateOver)) expect(over).toBe('$__rate_interval');
        expect(interval, title).toBe(instant === true ? undefined : '$step');
      }
    }
  });

  it('rates counters, but for those whose total is what is asked', () => {
    const totals = new Set([
      // The rollout curve is the total.
      'fleetrig_rollout_notified_things_total',
      'fleetrig_execution_outcomes_total',
      'fleetrig_events_total',
    ]);
    for (const { title, targets = [] } of panels) {
      for (const { expr } of targets) {
        const counters = [...expr.matchAll(/(\w+\()?\b(\w+_total)\{/g)];
        const raw = counters.filter(
          ([, wrapper = '', metric = '']) =>
            !['rate(', 'increase(', 'last_over_time('].includes(wrapper) && !totals.has(metric),
        );
        expect(raw, title).toEqual([]);
      }
    }
  });

  it('puts its annotations where the value says', () => {
    for (const { expr, useValueForTime } of dashboard.annotations.list) {
      expect(useValueForTime).toBe(true);
      expect(expr).toMatch(/_timestamp_seconds\{.*\} \* 1000$/);
    }
  });
});

it('marks aborts and steps of the rollout on the run dashboard', () => {
  const { annotations } = readDashboard('fleetrig-run.json');

  expect(annotations.list.map(({ name }) => name)).toEqual(['Job aborted', 'Rollout rate changed']);
});

it('gives every status its colour wherever series are called after one', () => {
  const byStatus = dashboardFiles
    .flatMap((file) => readDashboard(file).panels)
    .filter(({ title }) => title === 'Executions by status');

  expect(byStatus).toHaveLength(2);
  for (const { fieldConfig } of byStatus) {
    const coloured = fieldConfig?.overrides.map(({ matcher }) => matcher.options);
    expect(coloured).toEqual(expect.arrayContaining([...statuses]));
  }
});

const statuses = [
  'QUEUED',
  'IN_PROGRESS',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'REJECTED',
  'REMOVED',
  'CANCELED',
];

function cellsOf({ gridPos: { x, y, w, h } }: PanelJson): string[] {
  return Array.from(
    { length: w * h },
    (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`,
  );
}
