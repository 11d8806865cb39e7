import type { JobObservation } from '../emulator/observation.ts';

/** The emulator's own HTTP interface below `/_fleetrig/`, as far as a run needs it. */
export interface EmulatorAdmin {
  /** Undefined when the emulator does not know the job. */
  observeJob(jobId: string): Promise<JobObservation | undefined>;
  /** The bulk registry path: the same result as CreateThing and AddThingToThingGroup one by one. */
  provision(thingNames: readonly string[], groupName: string | undefined): Promise<void>;
  stats(): Promise<EmulatorStats>;
  /** Stops the service's time, so that several looks see one instant. */
  freeze(): Promise<void>;
}

/** As much of `GET /_fleetrig/stats` as a run tells. */
export interface EmulatorStats {
  readonly connections: number;
  readonly cpuSeconds: number;
  /** 99th percentile since the last reading. */
  readonly eventLoopDelayMsP99: number;
  readonly rssBytes: number;
}

interface StatsAnswer {
  readonly process: Omit<EmulatorStats, 'connections'>;
  readonly broker: Pick<EmulatorStats, 'connections'>;
}

/** Our own emulator answers in milliseconds; a silent one must not hold a run up. */
const answerMsMax = 10_000;

export function emulatorAdmin(baseUrl: string): EmulatorAdmin {
  const ask = async (path: string, init?: RequestInit): Promise<Response> => {
    const signal = AbortSignal.timeout(answerMsMax);
    const response = await fetch(`${baseUrl}/_fleetrig/${path}`, { ...init, signal });
    if (response.ok || response.status === 404) return response;
    throw new Error(`emulator admin ${path} answered ${response.status}: ${await response.text()}`);
  };
  const post = (path: string, body: object) =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    observeJob: async (jobId) => {
      const response = await ask(`jobs/${encodeURIComponent(jobId)}`);
      const body = await response.json();
      return response.status === 404 ? undefined : (body as JobObservation);
    },
    provision: async (thingNames, groupName) => {
      await post('provision', { thingNames, groupName });
    },
    freeze: async () => {
      await post('clock', { freeze: true });
    },
    stats: async () => {
      const { process, broker } = (await (await ask('stats')).json()) as StatsAnswer;
      return { ...process, connections: broker.connections };
    },
  };
}
