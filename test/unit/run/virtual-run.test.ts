import { expect, it } from 'vitest';
import { runText } from '../../support/virtual.ts';

/** Two jobs; one is deleted while devices work on it. */
const text = `
name: deletes
seed: 3
stop: { after: 5m }
fleet: { things: 40, group: all, connect: { perSecond: 1000 }, profile: { work: 20s } }
jobs:
  - create: { jobId: kept, document: {}, jobExecutionsRolloutConfig: { maximumPerMinute: 600 } }
  - create: { jobId: gone, document: {}, jobExecutionsRolloutConfig: { maximumPerMinute: 60 } }
timeline: [{ at: 50500ms, deleteJob: { jobId: gone, force: true } }]`;

it('a job that is deleted stays in the curves as far as it had come', () => {
  const { looks, jobs } = runText(text);

  const last = looks.get('gone')?.at(-1);
  const gone = jobs.find(({ jobId }) => jobId === 'gone');
  expect(gone?.status).toBe('DELETED');
  expect(last?.executions).toEqual(gone?.observation.executions);
  expect(last?.executions['SUCCEEDED']).toBeGreaterThan(0);
  expect(last?.targeted).toBe(40);
});
