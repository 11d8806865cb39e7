import { expect, it } from 'vitest';
import { Collector } from '../../../src/run/collector.ts';
import { Halt } from '../../../src/run/halt.ts';
import { awaitRamp } from '../../../src/run/ramp.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { planText } from '../../support/virtual.ts';

const plan = planText(`
name: ramp
stop: { after: 1m }
fleet: { things: 10, group: all, connect: { perSecond: 10 }, profile: {} }
jobs: [{ create: { jobId: fw, document: {} } }]
`);

function rampOf() {
  const clock = new ManualClock();
  const collector = new Collector(
    () => clock.now(),
    () => undefined,
  );
  const ramp = { isOver: false };
  const over = awaitRamp(plan, clock, collector, new Halt(), () => undefined).then(() => {
    ramp.isOver = true;
  });
  const tell = (connected: number) =>
    collector.addDelta({
      worker: '0/0',
      metrics: {
        histograms: {},
        counters: { 'connects/ok': 5 },
        gauges: { things: 10, connecting: 0, connected },
      },
      notices: [],
      executions: [],
    });
  const pass = async (untilAt: number) => {
    for (let at = clock.now(); at < untilAt; at += 50) {
      clock.advanceTo(at);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  };
  return { collector, over, pass, ramp, tell };
}

it('does not take what a worker told in the middle of the ramp for how it ended', async () => {
  const { collector, over, pass, ramp, tell } = rampOf();

  tell(6);
  await pass(2000);
  expect(ramp.isOver).toBe(false);

  tell(10);
  await pass(3000);
  await over;

  expect(collector.events.map(({ message }) => message)).toEqual(['10 of 10 things connected']);
});
