import { describe, expect, it } from 'vitest';
import { runText } from '../../support/virtual.ts';

interface Fleet {
  readonly profile?: string;
  readonly rest?: string;
  readonly things?: number;
}

const scenario = ({ profile = '{}', rest = '', things = 60 }: Fleet = {}) => `
name: sim
seed: 4
stop: { after: 30m }
fleet: { things: ${things}, group: all, connect: { perSecond: 20 }, profile: ${profile} }
jobs:
  - at: 10s
    create: { jobId: fw, document: {}, jobExecutionsRolloutConfig: { maximumPerMinute: 120 } }
${rest}`;

const mixture = (more: string) =>
  `{ outcome: { succeed: 70%, fail: 20%, reject: 10% }, work: { exponential: { mean: 20s } }, ${more} }`;

const never = 'link: { offline: { every: 9000h, for: 1s } }';

it('outcomes change at their time after the start of the run', () => {
  const profile =
    '{ outcome: fail, work: 1s, outcomeOverTime: [ { from: 25s, outcome: succeed } ] }';

  const { jobs, zeroAt, simulation } = runText(scenario({ profile }));

  // Released from 10 s on, two a second: those before 25 s fail.
  expect(jobs[0]?.observation.executions).toMatchObject({ FAILED: 30, SUCCEEDED: 30 });
  const succeeded = [...simulation.attempts('fw')].filter(({ status }) => status === 'SUCCEEDED');
  expect(Math.min(...succeeded.map(({ queuedAt }) => queuedAt - zeroAt))).toBeGreaterThan(24_900);
});

it('a flapping network costs connections, not outcomes', () => {
  const calm = runText(scenario({ profile: mixture('react: 0s') }));
  const flapping = runText(scenario({ profile: mixture('link: { flapping: {} }') }));

  const { simulation, jobs } = flapping;
  expect(jobs[0]?.observation.executions).toEqual(calm.jobs[0]?.observation.executions);
  expect(simulation.traffic.counters()['reconnects']).toBeGreaterThan(60);
});

describe('things that sleep until they are needed', () => {
  it.each([
    ['at once', ''],
    ['late', 'link: { late: { uniform: [0s, 90s] } }'],
    ['by start-next', 'client: start-next'],
    ['by picking', 'client: pick'],
  ])('come to the same as things that live all the time: %s', (_, link) => {
    const awake = link === '' ? never : link.replace('link: {', `${never.slice(0, -1)},`);
    const joined = link.startsWith('client') ? `${link}, ${never}` : awake;

    const asleep = runText(scenario({ profile: mixture(link) }));
    const restless = runText(scenario({ profile: mixture(joined) }));

    expect(asleep.simulation.traffic.counters()).toEqual(restless.simulation.traffic.counters());
    expect(asleep.cohorts).toEqual(restless.cohorts);
    expect(asleep.jobs).toEqual(restless.jobs);
    expect(asleep.endAt).toBe(restless.endAt);
  });

  it('hold no session before they are notified, nor after they are through', () => {
    const { simulation, jobs } = runText(scenario());

    expect(jobs[0]?.observation.executions.SUCCEEDED).toBe(60);
    expect(simulation.fleet.awake).toBeLessThanOrEqual(1);
  });

  it('that are never notified are counted as connected', () => {
    const rest = 'timeline: [ { at: 20s, cancelJob: { jobId: fw, force: true } } ]';

    const { simulation, jobs } = runText(scenario({ rest }));

    expect(jobs[0]?.observation.notified).toBeLessThan(40);
    expect(simulation.traffic.counters()).toMatchObject({ 'connects/ok': 60 });
  });
});

describe('the modelled network', () => {
  const lossy = 'predict: { network: { latency: { uniform: [10ms, 400ms] }, loss: 10% } }';

  it('loses messages: devices say it again, but of a lost notice they never hear', () => {
    const { simulation, jobs, words } = runText(scenario({ rest: lossy }));
    const counters = simulation.traffic.counters();

    const { SUCCEEDED, QUEUED, IN_PROGRESS } = jobs[0]?.observation.executions ?? {};
    expect([(SUCCEEDED ?? 0) + (QUEUED ?? 0), IN_PROGRESS]).toEqual([60, 0]);
    expect(SUCCEEDED).toBeGreaterThan(45);
    expect(QUEUED).toBeGreaterThan(0);
    expect(counters['requests/update/lost']).toBeGreaterThan(3);
    expect(words).toMatchObject({ differing: 0 });
  });

  it('a slower one makes the rollout end later by just that', () => {
    const quick = runText(scenario({ things: 1 }));
    const slow = runText(scenario({ things: 1, rest: 'predict: { network: { latency: 1s } }' }));

    // Notice, start, and final status: one way each; the answer to the start holds nothing up.
    const took = ({ jobs, zeroAt }: typeof quick) =>
      (jobs[0]?.observation.completedAt ?? 0) - zeroAt - 10_000;
    expect(took(quick)).toBe(30_000 + 2 * 20);
    expect(took(slow)).toBe(30_000 + 2 * 1000);
  });
});

describe('what interferes', () => {
  it('a cut hits exactly its share, and all come back', () => {
    const rest = 'timeline: [ { at: 5s, disconnect: { share: 30%, for: 20s } } ]';

    const { simulation, jobs } = runText(scenario({ rest }));

    expect(simulation.traffic.reconnects).toBe(18);
    expect(jobs[0]?.status).toBe('COMPLETED');
  });

  it('things that go offline by themselves hear of their job when they are back', () => {
    const profile = '{ work: 20s, link: { offline: { every: 30s, for: 40s } } }';

    const { simulation, jobs } = runText(scenario({ profile }));

    expect(jobs[0]).toMatchObject({ status: 'COMPLETED', listed: { SUCCEEDED: 60 } });
    expect(simulation.traffic.reconnects).toBeGreaterThanOrEqual(60);
  });

  it('a persistent session hands over what was said meanwhile', () => {
    const profile = '{ session: persistent, link: { offline: { every: 15s, for: 60s } } }';

    const { jobs } = runText(scenario({ profile }));

    expect(jobs[0]).toMatchObject({ status: 'COMPLETED', listed: { SUCCEEDED: 60 } });
  });

  it('removed things are gone from the registry and from the network', () => {
    const rest = 'timeline: [ { at: 20s, removeThings: { from: 0, count: 40 } } ]';

    const { jobs, simulation } = runText(scenario({ profile: '{ work: 60s }', rest }));

    expect(jobs[0]?.listed['REMOVED']).toBeGreaterThan(5);
    expect(jobs[0]?.observation.executions.SUCCEEDED).toBe(20);
    const sums = [...simulation.traffic.load.connected.running()].map(({ sum }) => sum);
    expect(Math.max(...sums)).toBe(60);
    expect(sums.at(-1)).toBe(20);
  });

  it('a deleted job is told of as it was', () => {
    const rest = 'timeline: [ { at: 2m, deleteJob: { jobId: fw, force: true } } ]';

    const { jobs } = runText(scenario({ rest }));

    expect(jobs[0]).toMatchObject({ status: 'DELETED', listed: { SUCCEEDED: 60 } });
  });
});
