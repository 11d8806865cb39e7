import type { IoTClient } from '@aws-sdk/client-iot';
import { expect, it } from 'vitest';
import { Collector } from '../../../src/run/collector.ts';
import { JobWatch } from '../../../src/run/job-watch.ts';
import { listSettled } from '../../../src/run/settled-listing.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** AWS whose counters know of the one execution that has succeeded from the look `countedAfter` on. */
async function listedFrom(countedAfter: number, observation?: object) {
  let looks = 0;
  const clock = new ManualClock();
  const iot = {
    config: {},
    send: async ({ constructor: { name } }: object) => {
      if (name !== 'DescribeJobCommand') {
        const jobExecutionSummary = { status: 'SUCCEEDED', queuedAt: new Date(1000) };
        return { executionSummaries: [{ thingArn: 'a/t', jobExecutionSummary }] };
      }
      looks++;
      const numberOfSucceededThings = looks >= countedAfter ? 1 : 0;
      return { job: { status: 'COMPLETED', jobProcessDetails: { numberOfSucceededThings } } };
    },
  } as unknown as IoTClient;
  Object.setPrototypeOf(iot, (await import('@aws-sdk/client-iot')).IoTClient.prototype);
  const admin = observation && ({ observeJob: async () => observation } as never);
  const collector = new Collector(
    () => 0,
    () => undefined,
  );
  const watch = new JobWatch('fw', {});
  await watch.look(iot, admin, 0);
  let listed: readonly unknown[] | undefined;
  const done = listSettled(watch, { iot, admin, clock, collector }).then((told) => {
    listed = told;
  });
  for (let turn = 0; turn < 200; turn++) {
    await Promise.resolve();
    if (turn % 20 === 19) clock.advanceTo(clock.now() + 1000);
  }
  await done;
  return { looks, listed, succeeded: watch.executions['SUCCEEDED'] };
}

it('looks again until what is counted has caught up with what is listed', async () => {
  expect(await listedFrom(3)).toMatchObject({ looks: 3, succeeded: 1, listed: [{}] });
});

it('looks once where they agree, and gives up in the end where they never do', async () => {
  expect((await listedFrom(1)).looks).toBe(1);
  expect(await listedFrom(100)).toMatchObject({ looks: 6, succeeded: 0, listed: [{}] });
});

it('takes what the emulator counts as it is', async () => {
  expect((await listedFrom(100, { rateSteps: [], notified: 1, targeted: 1 })).looks).toBe(1);
});
