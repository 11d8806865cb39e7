import { CreateJobCommand, DescribeJobCommand } from '@aws-sdk/client-iot';
import { AppError, messageOf } from '../src/base/errors.ts';
import { withEachClient } from './clients.ts';
import { groupArn, openRig, type Rig, sleep, until } from './rig.ts';
import type { Figure } from './table.ts';

/** Things, in sizes; the cost of one execution should be the same in all. */
const sizes = (process.env['FLEETRIG_BENCH_THINGS'] ?? '1000,5000,19000,38000')
  .split(',')
  .map(Number);
/** So many executions at least, in two to 20 jobs. */
const executionsMin = 80_000;
/** So fast that AWS's 1,000 a minute are no limit. */
const scale = 1000;
const document = '{"operation":"update","version":"1.4"}';

/**
 * Whole executions end to end: describe, IN_PROGRESS, SUCCEEDED, then notify-next to the following job.
 * What is measured begins when all things are connected and idle, and ends with the last execution: under such a
 * load an answer to a look in between is as late as any other, and would tell of another time than it comes at.
 */
export async function benchExecutions(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const things of sizes) {
    try {
      await withEachClient(async (client) => {
        const measured = await executeAll(client, things);
        figures.push(...measured.map((each) => ({ ...each, name: `${client}: ${each.name}` })));
        return measured;
      });
    } catch (error) {
      // What the other sizes took is told all the same.
      console.error(`executions of ${things} things: ${messageOf(error)}`);
      if (!(error instanceof AppError && error.code === 'setup')) process.exitCode = 1;
    }
  }
  return [...figures, ...growth(figures)];
}

async function executeAll(client: string, things: number): Promise<Figure[]> {
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
    const jobs = Math.min(20, Math.max(2, Math.ceil(executionsMin / things)));
    const executions = things * jobs;
    const jobIds = Array.from({ length: jobs }, (_, index) => `job-${index}`);
    await rig.settle();
    const [harnessEmpty, emulatorEmpty] = [rig.harness(), rig.emulator()];
    rig.start();
    const { metrics } = rig.collector;
    await until('all idle', 120, () => metrics.counter('requests/describe/accepted') >= things);
    const from = reading(rig);
    await createJobs(rig, jobIds);
    await untilDone(rig, jobIds, executions);
    const to = reading(rig);
    await rig.settle();
    const [harnessFull, emulatorFull] = [rig.harness(), rig.emulator()];
    const each = (after: number, before: number) => (1e6 * (after - before)) / executions;
    const perThing = (after: number, before: number) => (after - before) / things;
    return [
      {
        name: `${things} things: executions`,
        value: executions / (to.seconds - from.seconds),
        unit: 'executions/s',
      },
      {
        name: `${things} things: harness CPU for one`,
        value: each(to.harness.cpuSeconds, from.harness.cpuSeconds),
        unit: 'us',
      },
      {
        name: `${things} things: emulator CPU for one`,
        value: each(to.emulator.cpuSeconds, from.emulator.cpuSeconds),
        unit: 'us',
      },
      {
        name: `${things} things: harness RSS per thing`,
        value: perThing(harnessFull.rssBytes, harnessEmpty.rssBytes),
        unit: 'bytes',
      },
      {
        name: `${things} things: emulator RSS per thing and its ${jobs} executions done`,
        value: perThing(emulatorFull.rssBytes, emulatorEmpty.rssBytes),
        unit: 'bytes',
      },
    ];
  } finally {
    await rig.close();
  }
}

async function createJobs({ world }: Rig, jobIds: readonly string[]): Promise<void> {
  const targets = [groupArn('all')];
  for (const jobId of jobIds) {
    await world.iot.send(new CreateJobCommand({ jobId, targets, document }));
  }
}

/** Looks seldom: each look is a request for every job. */
function untilDone(rig: Rig, jobIds: readonly string[], executions: number): Promise<number> {
  return until('executions', 180, async () => {
    await sleep(250);
    return (await succeededIn(rig, jobIds)) >= executions;
  });
}

function reading(rig: Rig) {
  return {
    seconds: performance.now() / 1000,
    harness: rig.harness(),
    emulator: rig.emulator(),
  };
}

async function succeededIn({ world }: Rig, jobIds: readonly string[]): Promise<number> {
  const answers = await Promise.all(
    jobIds.map((jobId) => world.iot.send(new DescribeJobCommand({ jobId }))),
  );
  return answers.reduce(
    (sum, { job }) => sum + (job?.jobProcessDetails?.numberOfSucceededThings ?? 0),
    0,
  );
}

/** The cost of one execution in every size, against that in the smallest. */
function growth(figures: readonly Figure[]): Figure[] {
  const [smallest] = sizes;
  return figures.flatMap(({ name, value }) => {
    const match = /^(\w+: )(\d+)( things: \w+ CPU for one)$/.exec(name);
    if (match === null || Number(match[2]) === smallest) return [];
    const base = figures.find((each) => each.name === `${match[1]}${smallest}${match[3]}`);
    return base === undefined
      ? []
      : [{ name: `${name}, to that with ${smallest}`, value: value / base.value, unit: '×' }];
  });
}
