import { openEmulatorWorld } from '../src/run/emulator-world.ts';
import { thingNames } from '../src/run/provision.ts';
import { HttpLanes, type HttpRequest } from './http-lanes.ts';
import { readProcesses } from './process-usage.ts';
import { fail, groupArn, pidsOf, planOf, register, until } from './rig.ts';
import type { Figure } from './table.ts';

/** Executions of the job whose pages are listed. */
const executions = Number(process.env['FLEETRIG_BENCH_LISTED'] ?? 100_000);
const requests = Number(process.env['FLEETRIG_BENCH_REQUESTS'] ?? 20_000);
const warmUp = 2000;
const pageSize = 250;

const big = '/jobs/big';
const updated = 1000;

/** Requests to the emulator over 16 keep-alive connections, unsigned, with a job of 100,000 executions in it. */
export async function benchHttp(): Promise<Figure[]> {
  const plan = planOf(`
name: http
clock: { scale: 1000 }
fleet: { things: ${executions}, group: all }
jobs: [ { at: 30m, create: { jobId: none, document: {} } } ]
`);
  const world = await openEmulatorWorld(plan, fail);
  const lanes = await HttpLanes.open(world.http);
  const measure = async (
    name: string,
    count: number,
    requestOf: (index: number) => HttpRequest,
  ): Promise<Figure[]> => {
    const before = readProcesses(pidsOf(world));
    const from = performance.now();
    await lanes.sendAll(count, requestOf);
    const seconds = (performance.now() - from) / 1000;
    const { cpuSeconds } = readProcesses(pidsOf(world));
    return [
      { name, value: count / seconds, unit: 'requests/s' },
      {
        name: `${name}: emulator CPU`,
        value: (1e6 * (cpuSeconds - before.cpuSeconds)) / count,
        unit: 'us',
      },
    ];
  };
  try {
    await register(world);
    const names = thingNames(plan.population.thingName, plan.population.batches[0]);
    const document = '{"operation":"update","version":"1.4"}';
    const targets = [groupArn('all')];
    await lanes.send({ method: 'PUT', path: big, body: { targets, document } });
    await until('all queued', 120, async () => {
      const { job } = JSON.parse(await lanes.send({ method: 'GET', path: big }));
      return job.jobProcessDetails.numberOfQueuedThings === executions;
    });
    const createThing = (index: number) => ({
      method: 'POST',
      path: `/things/extra-${index}`,
      body: {},
    });
    const update = (index: number) => ({
      method: 'POST',
      path: `/things/${names[index % updated]}${big}`,
      body: { status: 'IN_PROGRESS', statusDetails: { step: String(index) } },
    });
    const createJob = (index: number) => ({
      method: 'PUT',
      path: `/jobs/small-${index}`,
      body: { targets: [groupArn('all').replace(/thinggroup.*/, 'thing/extra-0')], document },
    });
    const pages = await walk(lanes, `${big}/things?maxResults=${pageSize}`);
    const page = (which: string) => () => ({ method: 'GET', path: which });
    const [first = '', middle = '', last = ''] = [0, pages.length >> 1, pages.length - 1].map(
      (index) => pages[index],
    );
    await lanes.sendAll(warmUp, () => ({ method: 'GET', path: big }));
    return [
      ...(await measure('CreateThing', requests, createThing)),
      ...(await measure('DescribeJob', requests, page(big))),
      ...(await measure('UpdateJobExecution', requests, update)),
      ...(await measure('CreateJob, one thing', requests / 10, createJob)),
      ...(await measure(
        `ListJobExecutionsForJob, first of ${pages.length} pages`,
        500,
        page(first),
      )),
      ...(await measure('ListJobExecutionsForJob, middle page', 500, page(middle))),
      ...(await measure('ListJobExecutionsForJob, last page', 500, page(last))),
      ...(await measure(
        'ListJobExecutionsForThing',
        requests / 4,
        page(`/things/${names[0]}/jobs`),
      )),
    ];
  } finally {
    lanes.close();
    await world.close();
  }
}

/** The paths of all pages, in order. */
async function walk(lanes: HttpLanes, path: string): Promise<string[]> {
  const pages = [path];
  for (;;) {
    const { nextToken } = JSON.parse(
      await lanes.send({ method: 'GET', path: pages.at(-1) ?? path }),
    );
    if (nextToken === undefined || nextToken === null) return pages;
    pages.push(`${path}&nextToken=${encodeURIComponent(nextToken)}`);
  }
}
