import { expect, it } from 'vitest';
import { judgeSummary } from '../../../src/run/summary-frame.ts';
import { summaryOf } from '../../support/summaries.ts';
import { planText } from '../../support/virtual.ts';

const plan = planText(`
name: skipping
stop: { after: 1m }
fleet: { things: 1, group: all, profile: {} }
jobs: [{ create: { jobId: fw-1-4, document: {} } }]
expect:
  - latency.update.p99 < 250ms
  - operations.notify.lost == 0
  - jobs.fw-1-4.notified == predicted
  - operations.update.lost == 1
`);

it('a prediction skips what only a run can tell, and still says what was expected', () => {
  const { environment } = summaryOf();
  const simulated = summaryOf({ environment: { ...environment, target: 'simulation' } });

  const { assertions } = judgeSummary(simulated, plan, { kind: 'finished' });

  expect(assertions.map(({ result, expected, actual }) => [result, expected, actual])).toEqual([
    ['skipped', '< 250ms', 'only a run can tell'],
    ['skipped', '== 0', 'only a run can tell'],
    ['skipped', expect.stringContaining('predicted'), 'only a run can tell'],
    ['passed', '== 1', '1'],
  ]);
});
