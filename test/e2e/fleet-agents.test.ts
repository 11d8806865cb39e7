import { fork } from 'node:child_process';
import { once } from 'node:events';
import { CreateJobCommand, DescribeJobCommand } from '@aws-sdk/client-iot';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ClockSetting, SteerableClock, wallNow } from '../../src/base/clock.ts';
import { entryBeside } from '../../src/base/entry.ts';
import type { Population } from '../../src/device/population.ts';
import { Profile } from '../../src/device/profile.ts';
import { type Fleet, type FleetAssignment, startAgents } from '../../src/fleet/agents.ts';
import type { AgentOrder, Delta } from '../../src/fleet/wire.ts';
import { MergedMetrics } from '../../src/metrics/recorder.ts';
import { defaultAccount, formatArn } from '../../src/protocol/names.ts';
import { controlClient, startTestEmulator, urlOf } from '../support/emulator.ts';

const things = 50;
const scale = 60;

const population: Population = {
  seed: '7',
  thingName: 'pump-{index:03}',
  cohorts: [
    {
      name: 'all',
      share: 1,
      profile: Profile.parse({
        outcome: { succeed: '50%', fail: '25%', 'duplicate-update': '25%' },
        work: { uniform: ['10s', '40s'] },
        mqtt: 5,
      }),
    },
  ],
  batches: [{ firstIndex: 0, count: things, startMs: 0 }],
};

interface Heard {
  readonly deltas: Delta[];
  readonly failures: string[];
  readonly metrics: MergedMetrics;
}

async function startFleet(agents: number, workers: number): Promise<{ fleet: Fleet } & Heard> {
  const heard: Heard = { deltas: [], failures: [], metrics: new MergedMetrics() };
  const fleet = await startAgents(
    { agents, workers },
    {
      onDelta(delta) {
        heard.deltas.push(delta);
        heard.metrics.add(delta.worker, delta.metrics);
      },
      onFailed: (message) => heard.failures.push(message),
    },
  );
  onTestFinished(() => fleet.kill());
  return { fleet, ...heard };
}

function assignmentOf(
  clock: ClockSetting,
  port: number,
  overrides: Partial<FleetAssignment> = {},
): FleetAssignment {
  return {
    population,
    endpoint: { host: '127.0.0.1', port },
    client: 'mqttjs',
    clock,
    isJumping: false,
    startAt: clock.simulatedOriginAt + (wallNow() - clock.wallOriginAt + 100) * scale,
    connect: { perSecond: 500, inFlight: 20 },
    keepAliveSeconds: 30,
    localAddresses: ['127.0.0.2', '127.0.0.3'],
    ...overrides,
  };
}

/** An emulator with a running clock, all things of the population in it, and a job for them. */
async function startService() {
  const origin = wallNow();
  const setting = { wallOriginAt: origin, simulatedOriginAt: origin, scale };
  const clock = new SteerableClock(setting);
  onTestFinished(() => clock.stop());
  const emulator = await startTestEmulator({ clock });
  await fetch(`${urlOf(emulator.http)}/_fleetrig/provision`, {
    method: 'POST',
    body: JSON.stringify({
      pattern: population.thingName,
      from: 0,
      to: things,
      groupName: 'pumps',
    }),
  });
  const iot = controlClient(emulator);
  return { setting, emulator, iot };
}

/** Runs a job to its end; what every thing did. */
async function runJob(agents: number, workers: number) {
  const { setting, emulator, iot } = await startService();
  const { fleet, deltas, failures, metrics } = await startFleet(agents, workers);
  fleet.start(assignmentOf(setting, emulator.mqtt.port));
  await vi.waitFor(() => expect(metrics.gauge('connected')).toBe(things), 10_000);
  await iot.send(
    new CreateJobCommand({
      jobId: 'fw-1',
      targets: [formatArn(defaultAccount, 'thinggroup', 'pumps')],
      document: '{}',
    }),
  );
  await vi.waitFor(
    async () => {
      const { job } = await iot.send(new DescribeJobCommand({ jobId: 'fw-1' }));
      expect(job?.status).toBe('COMPLETED');
    },
    { timeout: 20_000, interval: 100 },
  );
  await fleet.stop();
  expect(failures).toEqual([]);
  return { deltas, metrics, fleet, iot };
}

describe('a fleet in processes of its own', () => {
  it.each([
    { agents: 1, workers: 2 },
    { agents: 2, workers: 1 },
  ])('runs a job to its end: $agents agents of $workers workers', async ({ agents, workers }) => {
    const { deltas, metrics, iot } = await runJob(agents, workers);

    const executions = deltas.flatMap(({ executions }) => executions);
    const notices = deltas.flatMap(({ notices }) => notices);
    const { job } = await iot.send(new DescribeJobCommand({ jobId: 'fw-1' }));
    const reported = (status: string) =>
      executions.filter((execution) => execution.reported === status).length;
    expect(new Set(executions.map(({ thing }) => thing)).size).toBe(things);
    expect(job?.jobProcessDetails).toMatchObject({
      numberOfSucceededThings: reported('SUCCEEDED'),
      numberOfFailedThings: reported('FAILED'),
    });
    expect(new Set(notices.map(({ thing }) => thing)).size).toBe(things);

    const counter = (key: string) => metrics.counter(key);
    expect(counter('connects/ok')).toBe(things);
    for (const operation of ['describe', 'update'] as const) {
      expect(counter(`requests/${operation}/sent`)).toBe(
        counter(`requests/${operation}/accepted`) +
          counter(`requests/${operation}/rejected`) +
          counter(`requests/${operation}/lost`),
      );
      expect(metrics.histogram(operation, 'corrected')?.totalCount).toBe(
        counter(`requests/${operation}/sent`),
      );
    }
    expect(metrics.histogram('connect', 'corrected')?.totalCount).toBe(things);
    expect(metrics.histogram('subscribe', 'corrected')?.totalCount).toBe(things);
    expect(metrics.gauge('connected')).toBe(0);
    expect(metrics.gauge('rssBytes')).toBeGreaterThan(10e6);
    expect(metrics.gauge('cpuSeconds')).toBeGreaterThan(0);
    expect(metrics.peak('loop.utilization')).toBeGreaterThan(0);
    expect(new Set(deltas.map(({ worker }) => worker)).size).toBe(agents + agents * workers);
  });

  it('draws the same behaviour for every thing, on one worker or two', async () => {
    const drawn = async (workers: number) => {
      const { deltas } = await runJob(1, workers);
      return deltas
        .flatMap(({ executions }) => executions)
        .map(({ thing, behaviour }) => `${thing} ${behaviour}`)
        .sort();
    };

    const one = await drawn(1);

    expect(one).toHaveLength(things);
    expect(await drawn(2)).toEqual(one);
  });

  it('counts what it could not reach, and still stops', async () => {
    const { fleet, metrics, failures } = await startFleet(1, 1);
    const now = wallNow();
    const nobody = assignmentOf({ wallOriginAt: now, simulatedOriginAt: now, scale }, 1);

    fleet.start(nobody);
    await vi.waitFor(() => expect(metrics.counter('connects/failed')).toBeGreaterThan(0), 10_000);
    await fleet.stop();

    expect(metrics.counter('errors/connect/econnrefused')).toBe(metrics.counter('connects/failed'));
    expect(failures).toEqual([]);
  });
});

describe('a crash', () => {
  /** Two things, one for each agent, and a cohort for only one of them. */
  const broken: Population = {
    ...population,
    cohorts: population.cohorts.map((cohort) => ({ ...cohort, share: 0.4 })),
    batches: [{ firstIndex: 0, count: 2, startMs: 0 }],
  };

  it('of a worker is told at once, and the other agent goes on until told to stop', async () => {
    const { emulator, setting } = await startService();
    const { fleet, failures, metrics } = await startFleet(2, 1);

    fleet.start(assignmentOf(setting, emulator.mqtt.port, { population: broken }));
    await vi.waitFor(() => expect(failures).not.toEqual([]), { timeout: 1000, interval: 10 });
    await vi.waitFor(() => expect(metrics.counter('connects/ok')).toBe(1), 3000);
    await fleet.stop();

    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^worker 0 of agent \d crashed: no cohort for thing \d$/);
    expect(metrics.gauge('connected')).toBe(0);
  });

  it('of an agent is told at once', async () => {
    const { fleet, failures } = await startFleet(2, 1);
    const [pid = 0] = fleet.pids;

    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(failures).toEqual(['agent 0 ended unexpectedly (SIGKILL)']), {
      timeout: 1000,
      interval: 10,
    });

    await fleet.stop();
    expect(failures).toHaveLength(1);
  });
});

it('an agent does not outlive its coordinator', async () => {
  const { file, execArgv } = entryBeside(
    new URL('../../src/fleet/agents.ts', import.meta.url).href,
    'agent-process',
  );
  const agent = fork(file, { execArgv: [...execArgv] });
  onTestFinished(() => {
    agent.kill('SIGKILL');
  });
  const gone = once(agent, 'exit');
  agent.send({ type: 'prepare', agent: 0, workers: 1 } satisfies AgentOrder);
  const [report] = await once(agent, 'message');
  expect(report).toEqual({ type: 'ready' });

  agent.disconnect();

  expect(await gone).toEqual([0, null]);
});
