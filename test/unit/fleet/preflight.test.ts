import { describe, expect, it } from 'vitest';
import {
  agentsNeeded,
  chooseLocalAddresses,
  type FleetNeeds,
  findLimitProblems,
  frontsNeeded,
  type MachineLimits,
  readMachineLimits,
} from '../../../src/fleet/preflight.ts';

const limits: MachineLimits = { platform: 'linux', openFiles: 20_000, ephemeralPorts: 28_232 };

function needsOf(needs: Partial<FleetNeeds>): FleetNeeds {
  return { things: 1000, agents: 1, isEmulatorAlone: true, host: '127.0.0.1', ...needs };
}

describe('findLimitProblems', () => {
  it.each([
    ['a small fleet', needsOf({}), limits],
    ['as many as one process holds', needsOf({ things: 19_800, agents: 2 }), limits],
    [
      'many things against a broker elsewhere',
      needsOf({ things: 28_000, agents: 2, isEmulatorAlone: false, host: 'broker.example' }),
      limits,
    ],
    [
      'more things than one address has ports',
      needsOf({ things: 60_000, agents: 5, isEmulatorAlone: false }),
      limits,
    ],
  ])('finds none for %s', (_, needs, machine) => {
    expect(findLimitProblems(needs, machine)).toEqual([]);
  });

  it.each([
    [
      'an emulator that holds them all itself',
      needsOf({ things: 19_900, agents: 2 }),
      limits,
      'open files',
      20_100,
      20_000,
    ],
    [
      'each agent',
      needsOf({ things: 2000, isEmulatorAlone: false }),
      { ...limits, openFiles: 1024 },
      'open files',
      2200,
      1024,
    ],
    [
      'ports of one address',
      needsOf({ things: 28_233, agents: 2, isEmulatorAlone: false, host: 'broker.example' }),
      limits,
      'ephemeral ports',
      28_233,
      28_232,
    ],
    [
      'ports where loopback has one address',
      needsOf({ things: 17_000, agents: 2 }),
      { ...limits, platform: 'darwin' as const, ephemeralPorts: 16_384 },
      'ephemeral ports',
      17_000,
      16_384,
    ],
  ])('tells of %s', (_, needs, machine, limit, needed, available) => {
    expect(findLimitProblems(needs, machine)).toMatchObject([{ limit, needed, available }]);
  });

  it('tells all problems at once, each with its numbers and a way out', () => {
    const problems = findLimitProblems(needsOf({ things: 30_000 }), {
      platform: 'darwin',
      openFiles: 256,
      ephemeralPorts: 16_384,
    });

    expect(problems.map(({ message }) => message)).toEqual([
      'each agent needs 30200 open files for 30000 connections, but a process may have 256',
      'the emulator needs 30200 open files for 30000 connections, but a process may have 256',
      '30000 connections to one broker need as many ports, but 1 source address has 16384',
    ]);
    expect(problems[0]?.hint).toContain('ulimit -n 30200');
    expect(problems[2]?.hint).toContain('at most 16384 things');
  });
});

describe('agentsNeeded', () => {
  it.each([
    [1, 20_000, 1],
    [19_000, 20_000, 1],
    [19_001, 20_000, 2],
    [38_000, 20_000, 2],
    [2000, 1200, 2],
    [2000, Number.POSITIVE_INFINITY, 1],
  ])('%d things with %d open files a process: %d', (things, openFiles, agents) => {
    expect(agentsNeeded(things, { ...limits, openFiles })).toBe(agents);
  });
});

describe('frontsNeeded', () => {
  it.each([
    [1, 20_000, 0],
    [19_800, 20_000, 0],
    [19_801, 20_000, 2],
    [38_000, 20_000, 2],
    [38_001, 20_000, 3],
    [1800, 1200, 3],
    [1_000_000, Number.POSITIVE_INFINITY, 0],
  ])('%d things with %d open files a process: %d', (things, openFiles, fronts) => {
    expect(frontsNeeded(things, { ...limits, openFiles })).toBe(fronts);
  });
});

describe('chooseLocalAddresses', () => {
  it.each([
    ['127.0.0.1', 'linux', 8],
    ['localhost', 'linux', 0],
    ['127.0.0.1', 'darwin', 0],
    ['10.1.2.3', 'linux', 0],
    ['127.example.org', 'linux', 0],
  ] as const)('%s on %s: %d addresses', (host, platform, count) => {
    const addresses = chooseLocalAddresses(host, { ...limits, platform });

    expect(addresses).toHaveLength(count);
    expect(new Set(addresses).size).toBe(count);
  });
});

it('reads limits of the machine it runs on', () => {
  const machine = readMachineLimits();

  expect(machine.openFiles).toBeGreaterThan(0);
  expect(machine.ephemeralPorts).toBeGreaterThan(1000);
});
