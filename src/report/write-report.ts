import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { renderEventsNdjson } from './events-ndjson.ts';
import type { Folder } from './folder.ts';
import { renderHtml } from './html/render-html.ts';
import { renderJunit } from './junit.ts';
import { type LatencyInterval, renderHgrm, renderHistogramLog } from './latency-files.ts';
import { renderMarkdown } from './markdown.ts';
import { Summary } from './summary.ts';
import { renderSweepSvg } from './sweep-chart.ts';
import { renderSweepCsv } from './sweep-csv.ts';
import { renderThingsCsv, type ThingRow } from './things-csv.ts';
import { renderTimeseriesCsv } from './timeseries-csv.ts';

export interface RunResult {
  readonly summary: Summary;
  /** Once a second or so and operation, corrected; in order of time. */
  readonly intervals: readonly LatencyInterval[];
  /** The metrics of the run with their times, as OpenMetrics text; a prediction has none. */
  readonly openMetrics?: string;
  /** The scenario with every default and override in place. */
  readonly scenarioYaml: string;
  /** What every thing did, where that was asked for. */
  readonly things?: readonly ThingRow[] | undefined;
}

/** Writes what a run leaves behind, its source first. */
export async function writeReport(folder: Folder, result: RunResult): Promise<void> {
  const checked = Summary.safeParse(result.summary);
  assert.ok(checked.success, checked.error && `broken summary:\n${z.prettifyError(checked.error)}`);
  const summary = checked.data;
  await folder.write('report.json', `${JSON.stringify(summary, undefined, 2)}\n`);
  await folder.write('scenario.yaml', result.scenarioYaml);
  await folder.write('run.hlog', renderHistogramLog(result.intervals));
  if (result.openMetrics !== undefined) await folder.write('metrics.om', result.openMetrics);
  if (result.things !== undefined) {
    await folder.write('things.csv.gz', gzipSync(renderThingsCsv(result.things)));
  }
  await renderDerived(folder, summary);
}

/** Writes everything that can be made again from `report.json`. */
export async function renderDerived(folder: Folder, summary: Summary): Promise<void> {
  await folder.write('report.html', renderHtml(summary));
  await folder.write('junit.xml', renderJunit(summary));
  await folder.write('summary.md', renderMarkdown(summary));
  await folder.write('timeseries.csv', renderTimeseriesCsv(summary));
  await folder.write('events.ndjson', renderEventsNdjson(summary));
  for (const operation of summary.operations) {
    await folder.write(`latency/${operation.name}.hgrm`, renderHgrm(operation));
  }
  const sweep = summary.prediction?.sweep;
  if (sweep !== undefined) {
    await folder.write('sweep.csv', renderSweepCsv(sweep));
    await folder.write('sweep.svg', renderSweepSvg(sweep));
  }
}
