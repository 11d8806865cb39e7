import { describe, expect, it } from 'vitest';
import type { MetricTable } from '../../../src/metrics/metric-table.ts';
import { runMetrics } from '../../../src/metrics/prometheus.ts';
import { emulatorMetrics } from '../../../src/metrics/prometheus-emulator.ts';
import { questionsOf, readDashboard, substitute } from '../../support/dashboards.ts';
import { parsePromQl } from '../../support/promql.ts';

/** What Prometheus adds to a scraped series, and a back-fill to one of a file. */
const addedLabels = ['job', 'instance', 'run_id'];

/** Labels by the name of the series, a histogram's three included. */
function seriesLabels(table: MetricTable<never>): Map<string, readonly string[]> {
  return new Map(
    Object.entries(table).flatMap(([name, { kind, labels }]): [string, readonly string[]][] => {
      const own = [...labels, ...addedLabels];
      if (kind !== 'histogram') return [[name, own]];
      return [
        [`${name}_bucket`, [...own, 'le']],
        [`${name}_sum`, own],
        [`${name}_count`, own],
      ];
    }),
  );
}

const catalogues = {
  'fleetrig-run.json': seriesLabels(runMetrics),
  'fleetrig-emulator.json': seriesLabels(emulatorMetrics),
};

describe.each(Object.entries(catalogues))('%s', (file, catalogue) => {
  const questions = questionsOf(readDashboard(file)).map((question) => ({
    ...question,
    ...parsePromQl(substitute(question.expr, { rangeSeconds: 900, stepSeconds: 1 })),
  }));

  it('asks in PromQL', () => {
    for (const { where, errors } of questions) expect(errors, where).toEqual([]);
  });

  it('asks for metrics and labels of the catalogue only', () => {
    for (const { where, selectors, groupings, legend } of questions) {
      const labels = selectors.flatMap(({ metric }) => catalogue.get(metric) ?? []);
      const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);

      expect(selectors.length, where).toBeGreaterThan(0);
      for (const selector of selectors) {
        const own = catalogue.get(selector.metric);
        expect(own, `${where}: ${selector.metric}`).toBeDefined();
        expect(own, `${where}: ${selector.metric}`).toEqual(
          expect.arrayContaining([...selector.labels]),
        );
      }
      expect(labels, where).toEqual(expect.arrayContaining([...groupings]));
      expect(labels, where).toEqual(expect.arrayContaining(named));
    }
  });

  it('names series only by labels that its query keeps', () => {
    for (const { where, groupings, legend } of questions) {
      const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      if (where.startsWith('annotation')) continue;
      expect(groupings, where).toEqual(expect.arrayContaining(named));
    }
  });

  it('shows all there is but for what is told in another way', () => {
    const asked = new Set(questions.flatMap(({ selectors }) => selectors.map(familyOf)));
    const families = new Set([...catalogue.keys()].map((metric) => familyOf({ metric })));
    const unasked = [...families].filter((family) => !asked.has(family));

    expect(unasked).toEqual(notShown[file]);
  });
});

/** What no panel asks for, because others tell it: annotations, the errors and the table of the whole run. */
const notShown: Readonly<Record<string, readonly string[]>> = {
  'fleetrig-run.json': [
    'fleetrig_run_start_timestamp_seconds',
    'fleetrig_job_aborted',
    'fleetrig_requests_total',
  ],
  'fleetrig-emulator.json': [],
};

function familyOf({ metric }: { readonly metric: string }): string {
  return metric.replace(/_(bucket|sum|count)$/, '');
}

describe('the reader of PromQL', () => {
  it('finds selectors, their labels and what is grouped by', () => {
    const read = parsePromQl('sum by (a) (rate(up{job=~"x", run="1"}[5m])) / on (b) down > 0');

    expect(read).toEqual({
      errors: [],
      selectors: [
        { metric: 'up', labels: ['job', 'run'] },
        { metric: 'down', labels: [] },
      ],
      groupings: ['a', 'b'],
    });
  });

  it.each(['sum by (a (up)', 'rate(up[5])) +', 'up{job=~}', 'up{job="x"'])('refuses %s', (expr) => {
    expect(parsePromQl(expr).errors).not.toEqual([]);
  });
});
