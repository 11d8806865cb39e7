import { expect, it } from 'vitest';
import { Collector } from '../../../src/run/collector.ts';
import { Halt } from '../../../src/run/halt.ts';
import { awaitRamp } from '../../../src/run/ramp.ts';
import type { Plan } from '../../../src/scenario/plan.ts';
import { defaultAwsSettings } from '../../../src/scenario/target-schema.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { planText } from '../../support/virtual.ts';

const plan = planText(`
name: ramp
stop: { after: 1m }
fleet: { things: 10, group: all, connect: { perSecond: 10 }, profile: {} }
jobs: [{ create: { jobId: fw, document: {} } }]
`);

function rampOf(target: Plan['target'] = plan.target) {
  const clock = new ManualClock();
  const collector = new Collector(
    () => clock.now(),
    () => undefined,
  );
  const ramp = { isOver: false };
  const over = awaitRamp({ ...plan, target }, clock, collector, new Halt(), () => undefined).then(
    () => {
      ramp.isOver = true;
    },
  );
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
  const fail = (reasons: Readonly<Record<string, number>>) =>
    collector.addDelta({
      worker: '0/0',
      metrics: {
        histograms: {},
        counters: {
          'connects/failed': Object.values(reasons).reduce((sum, count) => sum + count, 0),
          ...Object.fromEntries(
            Object.entries(reasons).map(([reason, count]) => [`errors/connect/${reason}`, count]),
          ),
        },
        gauges: { things: 10, connecting: 0, connected: 0 },
      },
      notices: [],
      executions: [],
    });
  return { collector, fail, over, pass, ramp, tell };
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

const aws: Plan['target'] = { kind: 'aws', ...defaultAwsSettings };

it.each([
  ['an emulator', plan.target, { econnreset: 12 }, /without TLS/],
  ['AWS, by its authority', aws, { self_signed_cert_in_chain: 12 }, /target\.aws\.ca/],
  ['AWS, by what answers', aws, { etimedout: 12 }, /mtls-443/],
  ['AWS, by its signature', aws, { 'upgrade-403': 12 }, /credentials/],
  ['AWS, by certificate or policy', aws, { 'connack-5': 9, etimedout: 3 }, /policy/],
  ['AWS, by anything else', aws, { error: 12 }, /docs\/aws\.md/],
])(
  'when nothing could connect to %s, says why and what to check',
  async (_, target, reasons, hint) => {
    const { fail, over, pass } = rampOf(target);
    const failed = over.then(
      () => undefined,
      (error: unknown) => error,
    );

    fail(reasons);
    await pass(60_000);

    const [most = ''] = Object.keys(reasons);
    expect(await failed).toMatchObject({
      message: expect.stringContaining(`12 attempts failed: ${Object.values(reasons)[0]} ${most}`),
      hint: expect.stringMatching(hint),
    });
  },
);
