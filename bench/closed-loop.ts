import { CreateJobCommand } from '@aws-sdk/client-iot';
import type { Endpoint } from '../src/fleet/link.ts';
import { openEmulatorWorld } from '../src/run/emulator-world.ts';
import { shapeFleet } from '../src/run/fleet-shape.ts';
import type { Plan } from '../src/scenario/plan.ts';
import { type BenchClient, type CrewFigures, startCrew } from './crew.ts';
import { ended, mosquittoInFlight, startBackend, startMosquitto } from './mosquitto.ts';
import { type ProcessUsage, readProcess, readProcesses } from './process-usage.ts';
import { fail, groupArn, pidsOf, planOf, register, sleep } from './rig.ts';
import type { Figure } from './table.ts';

/** Things that do their jobs as fast as the other end answers, once all of them are connected. */
export interface Workload {
  readonly things: number;
  readonly jobs: number;
  /** Reports of progress in each execution, beside the describe and two updates that it always takes. */
  readonly progressSteps: number;
}

/** What answers the things. */
export interface Service {
  readonly endpoint: Endpoint;
  readonly clock: { readonly scale: number; wallOriginAt: number; simulatedOriginAt: number };
  readonly inFlight: number;
  /** Whether answers reach only who has subscribed to them. */
  readonly isSubscribedToAnswers: boolean;
  /** There are jobs from now on. */
  begin(): Promise<void>;
  /** By part. */
  usage(): Readonly<Record<string, ProcessUsage>>;
  close(): Promise<void>;
}

export type OpenService = (plan: Plan, workload: Workload) => Promise<Service>;

/** So fast that AWS's 1,000 a minute are no limit. */
const clockScale = 1000;
/** Of all updates: the last things to end have the machine to themselves. */
const endShare = 0.95;
const pollMs = 50;

/** Our emulator. */
export const openOurs: OpenService = async (plan, { jobs }) => {
  const world = await openEmulatorWorld(plan, fail);
  await register(world);
  return {
    endpoint: world.mqtt,
    clock: world.clockSetting,
    inFlight: 400,
    isSubscribedToAnswers: false,
    begin: async () => {
      const document = '{"operation":"update","version":"1.4"}';
      for (let job = 0; job < jobs; job++) {
        const targets = [groupArn('all')];
        await world.iot.send(new CreateJobCommand({ jobId: `job-${job}`, targets, document }));
      }
    },
    usage: () => ({ emulator: readProcesses(pidsOf(world)) }),
    close: world.close,
  };
};

/** Another broker, with the least that devices can do their jobs with. */
export const openMosquitto: OpenService = async (_, { jobs }) => {
  const broker = await startMosquitto();
  const backend = await startBackend(broker.port, jobs);
  return {
    endpoint: { host: '127.0.0.1', port: broker.port },
    clock: { scale: clockScale, wallOriginAt: Date.now(), simulatedOriginAt: Date.now() },
    inFlight: mosquittoInFlight,
    isSubscribedToAnswers: true,
    begin: async () => {
      backend.send('begin');
    },
    usage: () => ({ mosquitto: readProcess(broker.pid), backend: readProcess(backend.pid ?? 0) }),
    close: async () => {
      await ended(backend);
      await broker.close();
    },
  };
};

/** A closed loop of all things, from when there is work until nearly all is done. */
export async function runClosedLoop(
  client: BenchClient,
  openService: OpenService,
  workload: Workload,
): Promise<Figure[]> {
  const { things, jobs, progressSteps } = workload;
  const plan = planOf(scenarioOf(workload));
  const { localAddresses } = shapeFleet(plan);
  const service = await openService(plan, workload);
  const { endpoint, clock, inFlight, isSubscribedToAnswers } = service;
  const { population, keepAliveSeconds } = plan;
  const connect = { perSecond: 100_000, inFlight };
  const startAt = clock.simulatedOriginAt + (Date.now() - clock.wallOriginAt) * clock.scale;
  const crew = startCrew({
    assignment: {
      ...{ population, endpoint, clock, isJumping: false, startAt, connect, keepAliveSeconds },
      localAddresses,
    },
    client,
    isSubscribedToAnswers,
  });
  try {
    const updates = things * jobs * (progressSteps + 2);
    const figuresWhen = async (isReached: (figures: CrewFigures) => boolean) => {
      let figures = await crew.read();
      for (let polls = 0; !isReached(figures); polls++) {
        if (polls > 120_000 / pollMs) fail(`stuck at ${JSON.stringify(figures)}`);
        await sleep(pollMs);
        figures = await crew.read();
      }
      return {
        figures,
        usage: { client: crew.usage(), ...service.usage() },
        at: performance.now(),
      };
    };
    // Each has asked for work, and there was none.
    await figuresWhen(({ exchanges }) => exchanges >= things);
    await service.begin();
    const from = await figuresWhen(() => true);
    const to = await figuresWhen((figures) => figures.updates >= endShare * updates);
    const { figures: last } = await figuresWhen((figures) => figures.updates >= updates);
    if (last.updates !== updates || last.lost > 0) fail(`done ${JSON.stringify(last)}`);
    const seconds = (to.at - from.at) / 1000;
    const executions = (to.figures.updates - from.figures.updates) / (progressSteps + 2);
    const exchanges = to.figures.exchanges - from.figures.exchanges;
    const [unit, count] =
      progressSteps === 0 ? ['executions/s', executions] : ['exchanges/s', exchanges];
    return [
      { name: unit.replace('/s', ''), value: count / seconds, unit },
      ...Object.entries(from.usage).map(([part, before]) => {
        const after = to.usage[part as keyof typeof to.usage] ?? before;
        const value = (1e6 * (after.cpuSeconds - before.cpuSeconds)) / count;
        return { name: `CPU of the ${part} for one`, value, unit: 'us' };
      }),
    ];
  } finally {
    await crew.close();
    await service.close();
  }
}

function scenarioOf({ things, progressSteps }: Workload): string {
  return `
name: closed-loop
clock: { scale: ${clockScale} }
stop: { after: 100h }
fleet:
  things: ${things}
  group: all
  profile: { outcome: succeed, work: 0s, progress: { steps: ${progressSteps} } }
jobs: [ { at: 90h, create: { jobId: none, document: {} } } ]
`;
}
