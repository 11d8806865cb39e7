import { describe, expect, it, onTestFinished } from 'vitest';
import { type Clock, SteerableClock } from '../../../src/base/clock.ts';
import type { Population } from '../../../src/device/population.ts';
import { Profile, type ProfileInput } from '../../../src/device/profile.ts';
import { Crew } from '../../../src/fleet/crew.ts';
import type { OpenLink } from '../../../src/fleet/link.ts';
import type { Assignment, Delta } from '../../../src/fleet/wire.ts';
import { MergedMetrics } from '../../../src/metrics/recorder.ts';
import { FakeService } from '../../support/fake-service.ts';

const startAt = 1_000_000_000;
const minute = 60_000;

function populationOf(count: number, profile: ProfileInput = {}): Population {
  return {
    seed: '42',
    thingName: 'pump-{index:03}',
    cohorts: [{ name: 'all', share: 1, profile: Profile.parse(profile) }],
    batches: [{ firstIndex: 0, count, startMs: 0 }],
  };
}

/** One fleet on any number of agents and workers, all in this thread and in virtual time. */
function runFleet(
  population: Population,
  shape: Partial<Assignment> = {},
  linksTo: (service: FakeService, clock: Clock) => OpenLink = (service) => service.openLink,
) {
  const clock = new SteerableClock({ simulatedOriginAt: startAt });
  clock.freeze();
  clock.advanceTo(startAt);
  onTestFinished(() => clock.stop());
  const service = new FakeService(clock);
  const whole: Assignment = {
    population,
    agent: 0,
    agents: 1,
    workers: 1,
    endpoint: { host: '127.0.0.1', port: 1883 },
    client: 'mqttjs',
    clock: { wallOriginAt: 0, simulatedOriginAt: 0, scale: 1 },
    isJumping: false,
    startAt,
    connect: { perSecond: 100, inFlight: 1000 },
    keepAliveSeconds: 60,
    localAddresses: [],
    ...shape,
  };
  const crews: Crew[] = [];
  for (let agent = 0; agent < whole.agents; agent++) {
    for (let worker = 0; worker < whole.workers; worker++) {
      crews.push(new Crew({ ...whole, agent }, worker, clock, linksTo(service, clock)));
    }
  }
  const metrics = new MergedMetrics();
  const deltas: Delta[] = [];
  const collect = () => {
    for (const [index, crew] of crews.entries()) {
      const delta = crew.takeDelta(`worker-${index}`);
      metrics.add(delta.worker, delta.metrics);
      deltas.push(delta);
    }
  };
  return {
    clock,
    service,
    crews,
    metrics,
    /** Everything told so far. */
    collect() {
      collect();
      return {
        executions: deltas.flatMap(({ executions }) => executions),
        notices: deltas.flatMap(({ notices }) => notices),
      };
    },
  };
}

/** Links that send what was not answered again once they are back, to a service that says everything twice. */
function repeating(service: FakeService, clock: Clock): OpenLink {
  return (options, events) => {
    const unanswered: [topic: string, payload: string][] = [];
    const link = service.openLink(options, {
      connected(sessionPresent) {
        // Its answer comes while the device, which is back, waits for another.
        for (const [topic, payload] of unanswered.splice(0)) {
          clock.schedule(clock.now() + service.answerMs / 2, () => service.handle(topic, payload));
        }
        events.connected(sessionPresent);
      },
      closed: (reason) => events.closed(reason),
      message(topic, payload) {
        unanswered.shift();
        for (let times = 0; times < 2; times++) events.message(topic, payload);
      },
    });
    const publish = link.publish.bind(link);
    link.publish = (topic, payload) => {
      unanswered.push([topic, payload]);
      publish(topic, payload);
    };
    return link;
  };
}

const mixed: ProfileInput = {
  outcome: { succeed: '40%', fail: '30%', reject: '20%', malformed: '10%' },
  work: { uniform: ['10s', '60s'] },
};

describe('a fleet on any number of workers', () => {
  const shapes = [
    { agents: 1, workers: 1 },
    { agents: 1, workers: 2 },
    { agents: 2, workers: 3 },
  ];

  function behaviours(shape: Partial<Assignment>): Map<number, string> {
    const fleet = runFleet(populationOf(100, mixed), shape);
    fleet.clock.advanceTo(startAt + 5 * minute);
    const { executions } = fleet.collect();
    expect(executions).toHaveLength(100);
    return new Map(
      executions
        .map(({ thing, behaviour, reported, endedAt = 0 }): [number, string] => [
          thing,
          `${behaviour} ${reported} ${Math.round(endedAt - startAt)}`,
        ])
        .sort(([a], [b]) => a - b),
    );
  }

  it.each(shapes)('draws the same for every thing: $agents agents of $workers', (shape) => {
    const drawn = behaviours(shape);

    expect(drawn).toEqual(behaviours({ agents: 1, workers: 1 }));
    expect(new Set([...drawn.values()].map((text) => text.split(' ')[0])).size).toBe(4);
  });

  it.each(shapes)('has groups share one outcome: $agents agents of $workers', (shape) => {
    const fleet = runFleet(populationOf(100, { ...mixed, correlated: { size: 10 } }), shape);
    fleet.clock.advanceTo(startAt + 5 * minute);

    const { executions } = fleet.collect();
    const drawn = executions
      .map(({ thing, behaviour }) => `${Math.floor(thing / 10)} ${behaviour}`)
      .sort();

    expect(new Set(drawn).size).toBe(10);
    expect(new Set(drawn.map((text) => text.split(' ')[1])).size).toBeGreaterThan(1);
  });

  it.each(shapes)('counts from the zero it is told: $agents agents of $workers', (shape) => {
    const told = (zeroAt: number | undefined) => {
      const outcomeOverTime = [{ from: '1m', outcome: 'reject' as const }];
      const fleet = runFleet(populationOf(20, { outcomeOverTime }), shape);
      for (const crew of fleet.crews) {
        if (zeroAt !== undefined) crew.obey({ type: 'zero', at: zeroAt });
      }
      fleet.clock.advanceTo(startAt + minute);
      return new Set(fleet.collect().executions.map(({ behaviour }) => behaviour));
    };

    expect(told(undefined)).toEqual(new Set(['succeed']));
    expect(told(startAt)).toEqual(new Set(['succeed']));
    expect(told(startAt - minute)).toEqual(new Set(['reject']));
  });

  function cutOffs(shape: Partial<Assignment>, salts: readonly string[]): string[][] {
    const fleet = runFleet(populationOf(100, { outcome: 'ignore' }), shape);
    return salts.map((salt) => {
      fleet.clock.advanceTo(fleet.clock.now() + 5 * minute);
      const untilAt = fleet.clock.now() + minute;
      for (const crew of fleet.crews) crew.obey({ type: 'cut', share: 0.2, untilAt, salt });
      return fleet.service.links
        .filter(({ isConnected }) => !isConnected)
        .map(({ options }) => options.clientId)
        .sort();
    });
  }

  it.each(shapes)('cuts off the same share of things: $agents agents of $workers', (shape) => {
    const [first, second] = cutOffs(shape, ['a', 'b']);

    expect(first).toHaveLength(20);
    expect(second).toHaveLength(20);
    expect(second).not.toEqual(first);
    expect([first, second]).toEqual(cutOffs({ agents: 1, workers: 1 }, ['a', 'b']));
  });
});

describe('what a crew measures', () => {
  it('accounts for every request: sent = accepted + rejected + lost', () => {
    const fleet = runFleet(
      populationOf(60, { ...mixed, link: { offline: { every: '20s', for: '5s' } } }),
    );
    fleet.service.answerMs = 700;
    fleet.clock.advanceTo(startAt + 2 * minute);
    for (const crew of fleet.crews) crew.stop();
    fleet.clock.advanceTo(startAt + 3 * minute);
    fleet.collect();

    const total = (verdict: string) =>
      ['describe', 'update'].reduce(
        (sum, operation) => sum + fleet.metrics.counter(`requests/${operation}/${verdict}`),
        0,
      );

    expect(total('lost')).toBeGreaterThan(0);
    expect(total('rejected')).toBeGreaterThan(0);
    expect(total('sent')).toBe(total('accepted') + total('rejected') + total('lost'));
    expect(fleet.metrics.counter('errors/update/InvalidJson')).toBe(total('rejected'));
    expect(fleet.metrics.gauge('connected')).toBe(0);
    expect(fleet.crews.every(({ isIdle }) => isIdle)).toBe(true);
  });

  it('times no request that a device gives up with its connection', () => {
    const offline = { every: '20s', for: '5s' };
    const fleet = runFleet(populationOf(60, { ...mixed, link: { offline } }));
    fleet.service.answerMs = 700;
    fleet.clock.advanceTo(startAt + 2 * minute);
    fleet.collect();

    expect(fleet.metrics.counter('requests/update/lost')).toBeGreaterThan(0);
    expect(fleet.metrics.percentile('update', 'fromSend', 0) / 700_000).toBeCloseTo(1, 2);
  });

  it('times no request that is on its way when the run ends', () => {
    const fleet = runFleet(populationOf(10));
    fleet.service.answerMs = 700;
    const isAsking = () =>
      fleet.collect() && fleet.metrics.counter('requests/describe/sent') === 10;
    while (!isAsking()) fleet.clock.advanceToNext();

    for (const crew of fleet.crews) crew.stop();
    fleet.collect();

    expect(fleet.metrics.counter('requests/describe/lost')).toBe(10);
    expect(fleet.metrics.histogram('describe', 'fromSend')).toBeUndefined();
  });

  it('takes each answer once, and none to what it has given up and its link sent again', () => {
    const profile: ProfileInput = { work: '60s', session: 'persistent' };
    const fleet = runFleet(populationOf(60, profile), {}, repeating);
    fleet.service.answerMs = 700;
    for (let cuts = 1; cuts <= 10; cuts++) {
      fleet.clock.advanceTo(startAt + cuts * 3000);
      const connected = fleet.service.links.filter(({ isConnected }) => isConnected);
      for (const link of connected) link.close('econnreset');
    }
    fleet.clock.advanceTo(startAt + 10 * minute);
    for (const crew of fleet.crews) crew.stop();
    fleet.clock.advanceTo(startAt + 11 * minute);

    const { executions } = fleet.collect();

    expect(executions.map(({ thing }) => thing).sort((a, b) => a - b)).toEqual([
      ...Array(60).keys(),
    ]);
    expect(new Set(executions.map(({ reported }) => reported))).toEqual(new Set(['SUCCEEDED']));
    const counter = (name: string) => fleet.metrics.counter(name);
    const total = (verdict: string) =>
      counter(`requests/describe/${verdict}`) + counter(`requests/update/${verdict}`);
    expect(total('lost')).toBeGreaterThan(0);
    expect(total('sent')).toBe(total('accepted') + total('rejected') + total('lost'));
    expect(counter('messages/late')).toBeGreaterThan(total('accepted'));
    expect(fleet.metrics.percentile('describe', 'fromSend', 0) / 700_000).toBeCloseTo(1, 2);
  });

  it('counts the wait for a turn in the connect window as latency', () => {
    const fleet = runFleet(populationOf(10, { outcome: 'ignore' }), {
      connect: { perSecond: 1e6, inFlight: 1 },
    });

    fleet.clock.advanceTo(startAt + minute);
    fleet.collect();

    const { metrics } = fleet;
    expect(metrics.counter('connects/ok')).toBe(10);
    // One after the other at 5 ms each.
    expect(metrics.percentile('connect', 'fromSend', 100) / 5000).toBeCloseTo(1, 2);
    expect(metrics.percentile('connect', 'corrected', 100) / 50_000).toBeCloseTo(1, 2);
  });

  it('counts its own late start as latency of the connect, and owns up to it', () => {
    const fleet = runFleet(populationOf(1), { startAt: startAt - 2000 });

    fleet.clock.advanceTo(startAt + minute);
    fleet.collect();

    const { metrics } = fleet;
    expect(metrics.percentile('connect', 'corrected', 100) / 2_005_000).toBeCloseTo(1, 2);
    expect(metrics.percentile('connect', 'fromSend', 100) / 5000).toBeCloseTo(1, 2);
    expect(metrics.gauge('schedule.delayMaxMs') / 2000).toBeCloseTo(1, 2);
  });

  it('measures latencies in wall time, whatever the scale of the clock', () => {
    const fleet = runFleet(populationOf(1, { work: '40s' }), {
      clock: { wallOriginAt: 0, simulatedOriginAt: 0, scale: 10 },
    });

    fleet.clock.advanceTo(startAt + 2 * minute);
    fleet.collect();

    expect(fleet.metrics.percentile('update', 'fromSend', 50) / 500).toBeCloseTo(1, 2);
    expect(fleet.metrics.percentile('execution', 'corrected', 50) / 4e6).toBeCloseTo(1, 2);
  });

  it('tells of the first notice of a newly queued execution, once', () => {
    const fleet = runFleet(populationOf(2, { react: '10m' }));
    fleet.clock.advanceTo(startAt + minute);

    fleet.service.notifyNext('pump-001');
    fleet.service.notifyNext('pump-001');
    fleet.clock.advanceTo(startAt + 2 * minute);

    const { notices } = fleet.collect();
    expect(notices).toEqual([
      { thing: 1, jobId: 'fw-1', executionNumber: 1, receivedAt: startAt + minute + 5 },
    ]);
    expect(fleet.metrics.counter('duplicates/notify')).toBe(1);
  });

  it('counts ends and failures of connections by their reason, and a return as a reconnect', () => {
    const fleet = runFleet(populationOf(1, { outcome: 'ignore' }));
    fleet.clock.advanceTo(startAt + 1000);
    fleet.service.autoConnect = false;

    const link = fleet.service.linkOf('pump-000');
    link.close('econnreset');
    while (link.connects < 2) fleet.clock.advanceToNext();
    link.close('econnrefused');
    fleet.service.autoConnect = true;
    fleet.clock.advanceTo(fleet.clock.now() + 5 * minute);
    fleet.collect();

    expect(Object.fromEntries(fleet.metrics.counters())).toMatchObject({
      'connects/ok': 2,
      'connects/failed': 1,
      'errors/connect/econnrefused': 1,
      'disconnects/econnreset': 1,
      reconnects: 1,
    });
  });
});

describe('what a crew obeys', () => {
  it('adds a batch, whose things connect no earlier than now', () => {
    const fleet = runFleet(populationOf(10, { outcome: 'ignore' }), { workers: 2 });
    fleet.clock.advanceTo(startAt + minute);

    const batch = { firstIndex: 10, count: 5, startMs: 1000 };
    for (const crew of fleet.crews) crew.obey({ type: 'add', batch });
    expect(fleet.service.links).toHaveLength(10);
    fleet.clock.advanceTo(startAt + 2 * minute);
    fleet.collect();

    expect(fleet.service.links.map(({ options }) => options.clientId)).toContain('pump-014');
    expect(fleet.metrics.gauge('connected')).toBe(15);
    expect(fleet.metrics.percentile('connect', 'corrected', 100)).toBeLessThan(6000);
  });

  it('takes no batch twice', () => {
    const fleet = runFleet(populationOf(10));
    const [crew] = fleet.crews;
    const batch = { firstIndex: 0, count: 5, startMs: 0 };

    expect(() => crew?.obey({ type: 'add', batch })).toThrow('added twice');
  });

  it('removes things for good, those too that have not come yet', () => {
    const fleet = runFleet(populationOf(100, { outcome: 'ignore' }), { workers: 2 });
    fleet.clock.advanceTo(startAt + 500);

    for (const crew of fleet.crews) crew.obey({ type: 'remove', from: 40, to: 60 });
    fleet.clock.advanceTo(startAt + minute);
    fleet.collect();

    expect(fleet.service.links.length).toBeLessThan(100);
    expect(fleet.service.links.filter(({ isConnected }) => isConnected)).toHaveLength(80);
    expect(fleet.metrics.gauge('things')).toBe(80);
  });

  it('bounds the connections under way at once over the workers of an agent', () => {
    const fleet = runFleet(populationOf(100), {
      workers: 3,
      connect: { perSecond: 1e6, inFlight: 10 },
    });
    fleet.service.autoConnect = false;

    fleet.clock.advanceTo(startAt + minute);
    fleet.collect();

    expect(fleet.service.links.filter(({ isConnecting }) => isConnecting)).toHaveLength(10);
    expect(fleet.metrics.gauge('connecting')).toBe(100);
  });

  it('frees the places of things that lose their network while they connect', () => {
    const fleet = runFleet(populationOf(30, { outcome: 'ignore' }), {
      connect: { perSecond: 1e6, inFlight: 10 },
    });
    fleet.service.autoConnect = false;
    fleet.clock.advanceTo(startAt + 1000);

    const untilAt = startAt + minute;
    for (const crew of fleet.crews) crew.obey({ type: 'cut', share: 1, untilAt, salt: 'a' });
    fleet.clock.advanceTo(startAt + 2000);
    fleet.collect();
    expect(fleet.metrics.gauge('connecting')).toBe(0);

    fleet.service.autoConnect = true;
    fleet.clock.advanceTo(startAt + 2 * minute);
    fleet.collect();
    expect(fleet.metrics.gauge('connected')).toBe(30);
    expect(fleet.metrics.counter('connects/failed')).toBe(0);
  });
});
