import { CreateJobCommand, DescribeJobCommand } from '@aws-sdk/client-iot';
import { withEachClient } from './clients.ts';
import { openRig, until } from './rig.ts';
import type { Figure } from './table.ts';

const things = 5000;
const jobs = 10;
/** So fast that AWS's 1,000 a minute are no limit: 50,000 executions in three wall seconds. */
const scale = 1000;

/**
 * Whole executions end to end: describe, IN_PROGRESS, SUCCEEDED, then notify-next to the following job.
 * All jobs are queued before the first thing comes online.
 */
export function benchExecutions(): Promise<Figure[]> {
  return withEachClient(executeAll);
}

async function executeAll(client: string): Promise<Figure[]> {
  const rig = await openRig(`
name: executions
clock: { scale: ${scale} }
stop: { after: 100h }
fleet:
  things: ${things}
  client: ${client}
  group: all
  connect: { perSecond: 100000, inFlight: 400 }
  profile: { outcome: succeed, work: 0s }
jobs: [ { at: 90h, create: { jobId: none, document: {} } } ]
`);
  try {
    const { iot } = rig.world;
    const jobIds = Array.from({ length: jobs }, (_, index) => `job-${index}`);
    const document = '{"operation":"update","version":"1.4"}';
    for (const jobId of jobIds) {
      await iot.send(new CreateJobCommand({ jobId, targets: [rig.groupArn('all')], document }));
    }
    const total = async (pick: 'numberOfQueuedThings' | 'numberOfSucceededThings') => {
      const answers = await Promise.all(
        jobIds.map((jobId) => iot.send(new DescribeJobCommand({ jobId }))),
      );
      return answers.reduce((sum, { job }) => sum + (job?.jobProcessDetails?.[pick] ?? 0), 0);
    };
    await until(
      'all queued',
      60,
      async () => (await total('numberOfQueuedThings')) === things * jobs,
    );
    const before = rig.emulator();
    rig.start();
    await until('first thing done', 30, async () => (await total('numberOfSucceededThings')) > 0);
    const [harnessFrom, emulatorFrom] = [rig.harness(), rig.emulator()];
    const from = await total('numberOfSucceededThings');
    const executions = things * jobs;
    const seconds = await until(
      'all done',
      180,
      async () => (await total('numberOfSucceededThings')) === executions,
    );
    const [harness, emulator] = [rig.harness(), rig.emulator()];
    await rig.settle();
    const done = executions - from;
    return [
      {
        name: `executions end to end, ${things} things`,
        value: done / seconds,
        unit: 'executions/s',
      },
      {
        name: 'emulator CPU per execution',
        value: ((emulator.cpuSeconds - emulatorFrom.cpuSeconds) * 1e6) / done,
        unit: 'us',
      },
      {
        name: 'harness CPU per execution',
        value: ((harness.cpuSeconds - harnessFrom.cpuSeconds) * 1e6) / done,
        unit: 'us',
      },
      {
        name: 'emulator RSS per finished execution',
        value: (rig.emulator().rssBytes - before.rssBytes) / executions,
        unit: 'bytes',
      },
    ];
  } finally {
    await rig.close();
  }
}
