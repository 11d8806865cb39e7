import { expect, it } from 'vitest';
import { Collector } from '../../../src/run/collector.ts';
import { Halt } from '../../../src/run/halt.ts';
import { lookLast, type Scene } from '../../../src/run/observer.ts';
import { timeseriesColumns } from '../../../src/run/summary-frame.ts';
import { WorkInHand } from '../../../src/run/work-in-hand.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { planText } from '../../support/virtual.ts';

const text = `
name: n
fleet: { things: 1, group: all, profile: {} }
jobs: [{ create: { jobId: fw, document: {} } }]
`;

it('the last look tells of the end of the run, when the things were still there', async () => {
  const clock = new ManualClock();
  clock.advanceTo(439_000);
  const collector = new Collector(
    () => clock.now(),
    () => undefined,
  );
  const scene: Scene = {
    plan: planText(text),
    iot: {} as Scene['iot'],
    admin: undefined,
    looksPerSecond: undefined,
    clock,
    work: new WorkInHand(),
    collector,
    conductor: { isDone: true },
    watches: new Map(),
    halt: new Halt(),
    onProgress: () => undefined,
  };

  await lookLast(scene, 0, 3);
  await lookLast(scene, 0, 7);

  const connected = timeseriesColumns.indexOf('connected');
  expect(collector.rows.map((row) => [row[0], row[connected]])).toEqual([[439, 7]]);
});
