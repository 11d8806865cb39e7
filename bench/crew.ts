import { fork } from 'node:child_process';
import { once } from 'node:events';
import { entryBeside } from '../src/base/entry.ts';
import type { Assignment } from '../src/fleet/wire.ts';
import { ended } from './mosquitto.ts';
import { type ProcessUsage, readProcess } from './process-usage.ts';

/** The two links of a fleet, and what a user would otherwise write. */
export type BenchClient = 'packet' | 'mqttjs' | 'plain';

export interface CrewTask {
  readonly assignment: Omit<Assignment, 'agent' | 'agents' | 'workers' | 'client'>;
  readonly client: BenchClient;
  readonly isSubscribedToAnswers: boolean;
}

/** Since its start. */
export interface CrewFigures {
  readonly connected: number;
  /** Answered with `accepted`. */
  readonly updates: number;
  /** Updates and describes. */
  readonly exchanges: number;
  readonly lost: number;
}

/** Things in a process of their own. */
export interface CrewProcess {
  read(): Promise<CrewFigures>;
  usage(): ProcessUsage;
  close(): Promise<void>;
}

/** Switches the things on at once. */
export function startCrew(task: CrewTask): CrewProcess {
  const { file, execArgv } = entryBeside(import.meta.url, 'crew-process');
  const child = fork(file, { execArgv: [...execArgv] });
  child.send(task);
  return {
    read: async () => {
      const answer = once(child, 'message');
      child.send('read');
      const [figures] = (await answer) as [CrewFigures];
      return figures;
    },
    usage: () => readProcess(child.pid ?? 0),
    close: () => ended(child),
  };
}
