import { exporterOf } from '../metrics/exposition.ts';
import { endMetrics } from '../metrics/prometheus.ts';
import type { RunFacts } from '../metrics/run-facts.ts';

/** One that is silent for so long must not hold a run up. */
const answerMsMax = 10_000;

/** Where a Pushgateway keeps what a run came to: one group a run, until somebody deletes it. */
function groupUrl(pushgateway: string, runId: string): string {
  const base = pushgateway.replace(/\/+$/, '');
  return `${base}/metrics/job/fleetrig/run_id/${encodeURIComponent(runId)}`;
}

/** Leaves the end figures of a run there, in the place of all that its group held. */
export async function pushEndFigures(pushgateway: string, facts: RunFacts): Promise<void> {
  const exporter = exporterOf(endMetrics, () => facts);
  const response = await fetch(groupUrl(pushgateway, facts.runId), {
    method: 'PUT',
    headers: { 'content-type': exporter.contentType },
    body: await exporter.exposition(),
    signal: AbortSignal.timeout(answerMsMax),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`it answered ${response.status}: ${answer.trim()}`);
}
