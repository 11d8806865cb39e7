import { benchConnect } from './connect.ts';
import { benchCost } from './cost.ts';
import { benchDurability } from './durability.ts';
import { benchExchanges } from './exchanges.ts';
import { benchExecutions } from './executions.ts';
import { benchFloor } from './floor.ts';
import { benchHttp } from './http.ts';
import { benchPaced } from './paced.ts';
import { benchPredict } from './predict.ts';
import { benchPublish } from './publish.ts';
import { benchReference } from './reference.ts';
import { benchShort, judgeShort } from './short.ts';
import { benchStartup } from './startup.ts';
import type { Figure } from './table.ts';

export interface Bench {
  run(): Promise<Figure[]>;
  /** What must not be, in words; a bench without it only measures. */
  judge?(figures: readonly Figure[]): string[];
  /** Runs only when it is asked for by name. */
  readonly isExtra?: boolean;
}

/** By name, in the order in which `npm run bench` runs them. */
export const benches: Readonly<Record<string, Bench>> = {
  startup: { run: benchStartup },
  floor: { run: benchFloor },
  connect: { run: benchConnect },
  paced: { run: benchPaced },
  http: { run: benchHttp },
  predict: { run: benchPredict },
  publish: { run: benchPublish },
  reference: { run: benchReference },
  exchanges: { run: benchExchanges },
  executions: { run: benchExecutions },
  cost: { run: benchCost },
  durability: { run: benchDurability, isExtra: true },
  short: { run: benchShort, judge: judgeShort, isExtra: true },
};
