import { expect, it } from 'vitest';
import {
  type Check,
  checkMachine,
  type Demand,
  estimateMemory,
  type MachineFacts,
} from '../../../src/run/checkup-machine.ts';
import { planScenario } from '../../../src/scenario/plan-scenario.ts';
import { loadText } from '../../support/scenarios.ts';

const fit: MachineFacts = {
  node: '20.19.0',
  processors: 4,
  memoryBytes: 8e9,
  limits: { platform: 'linux', openFiles: 20_000, ephemeralPorts: 28_232 },
  clock: { wallAt: Date.UTC(2030, 0, 1), driftMs: 0.4, latenessMs: 1.2 },
};

function demandOf(things: number, more = ''): Demand {
  const text = `name: a\nfleet: { things: ${things}, group: g }\njobs: [{ create: { jobId: j, document: {} } }]\n${more}`;
  return planScenario(loadText(text));
}

const endpoint = 'target: { endpoint: { http: "http://10.0.0.9", mqtt: { host: 10.0.0.9 } } }';

function troubles(facts: Partial<MachineFacts>, demand?: Demand): Check[] {
  return checkMachine({ ...fit, ...facts }, demand).filter(({ level }) => level !== 'ok');
}

it('has nothing to say against a machine that is fit', () => {
  expect(troubles({}, demandOf(1000))).toEqual([]);
  expect(troubles({})).toEqual([]);
});

it.each<[string, Partial<MachineFacts>, Check['level'], string]>([
  ['an old Node', { node: '20.18.3' }, 'missing', 'node'],
  ['an older Node', { node: '18.20.0' }, 'missing', 'node'],
  ['a single processor', { processors: 1 }, 'warning', 'processors'],
  ['a lost clock', { clock: { ...fit.clock, wallAt: 0 } }, 'warning', 'clock'],
  ['a clock that is set', { clock: { ...fit.clock, driftMs: -400 } }, 'warning', 'clock'],
  ['late timers', { clock: { ...fit.clock, latenessMs: 90 } }, 'warning', 'clock'],
])('finds %s, and says what to do', (_what, facts, level, topic) => {
  expect(troubles(facts)).toEqual([
    { topic, level, message: expect.any(String), fix: expect.stringMatching(/\w/) },
  ]);
});

it('finds more workers than processors', () => {
  const found = troubles({ processors: 2 }, { ...demandOf(10), workers: 8 });

  expect(found).toMatchObject([{ topic: 'processors', fix: 'run with --workers 2' }]);
});

it('finds too little memory, and memory that is only just enough', () => {
  const demand = demandOf(10_000);
  const neededBytes = estimateMemory(demand, fit.limits);

  expect(troubles({ memoryBytes: neededBytes - 1 }, demand)).toMatchObject([
    { topic: 'memory', level: 'missing' },
  ]);
  expect(troubles({ memoryBytes: neededBytes * 1.1 }, demand)).toMatchObject([
    { topic: 'memory', level: 'warning' },
  ]);
  expect(troubles({ memoryBytes: neededBytes * 1.3 }, demand)).toEqual([]);
});

it('counts memory for each thing, and less of it where the service is elsewhere', () => {
  const bytesOf = (demand: Demand) => estimateMemory(demand, fit.limits);

  expect(bytesOf(demandOf(10_000)) - bytesOf(demandOf(5000))).toBeCloseTo(5000 * 26_200, -3);
  expect(bytesOf(demandOf(5000, endpoint))).toBeLessThan(bytesOf(demandOf(5000)));
  // One thing more needs another agent, and another front.
  expect(bytesOf(demandOf(38_001)) - bytesOf(demandOf(38_000))).toBeGreaterThan(200e6);
});

it('finds what limits the connections as a run would, with the same advice', () => {
  const tight = { ...fit.limits, openFiles: 1024 };

  expect(troubles({ limits: tight }, { ...demandOf(2000), isTls: true })).toMatchObject([
    { topic: 'open files', level: 'missing', fix: expect.stringContaining('ulimit -n 2200') },
  ]);
  // Several agents share the things, and no emulator of ours has to hold all of them, or it has fronts.
  expect(troubles({ limits: tight }, demandOf(2000))).toEqual([]);
  expect(troubles({ limits: tight }, demandOf(2000, endpoint))).toEqual([]);
  const narrow = { ...fit.limits, ephemeralPorts: 1000 };
  expect(troubles({ limits: narrow }, demandOf(2000, endpoint))).toMatchObject([
    { topic: 'ephemeral ports', level: 'missing' },
  ]);
});
