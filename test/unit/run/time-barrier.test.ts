import { describe, expect, it, onTestFinished } from 'vitest';
import { SteerableClock } from '../../../src/base/clock.ts';
import { type Standing, type Step, takeStep } from '../../../src/base/standing.ts';
import { type LinkTraffic, Traffic } from '../../../src/base/traffic.ts';
import { type Parties, TimeBarrier } from '../../../src/run/time-barrier.ts';
import { WorkInHand } from '../../../src/run/work-in-hand.ts';

const origin = 1_000_000;

/** One end of the only link; what is sent arrives when the receiver has been asked that often. */
class End {
  readonly clock = new SteerableClock({ simulatedOriginAt: origin });
  readonly traffic = new Traffic();
  readonly link: LinkTraffic = this.traffic.open();
  peer: End | undefined;
  onMessage: (text: string) => void = () => undefined;
  readonly #name: string;
  arriving: { text: string; asksLeft: number }[] = [];

  constructor(name: string) {
    this.#name = name;
    onTestFinished(() => this.clock.stop());
  }

  send(text: string, asksLeft: number): void {
    this.link.countSent();
    this.peer?.arriving.push({ text, asksLeft });
  }

  step(step: Step): Standing {
    const due = this.arriving.filter(({ asksLeft }) => asksLeft === 0);
    this.arriving = this.arriving.filter(({ asksLeft }) => asksLeft > 0);
    for (const message of this.arriving) message.asksLeft--;
    for (const { text } of due) {
      this.link.countReceived();
      this.onMessage(text);
    }
    return { party: this.#name, ...takeStep(this.clock, step), traffic: this.traffic.read() };
  }
}

function build() {
  const things = new End('the things');
  const service = new End('the service');
  things.peer = service;
  service.peer = things;
  const clock = new SteerableClock({ simulatedOriginAt: origin + 7 });
  onTestFinished(() => clock.stop());
  const work = new WorkInHand();
  const parties: Parties = {
    things: async (step) => [things.step(step)],
    service: async (step) => service.step(step),
    coordinator: (step) => ({ party: 'the coordinator', ...takeStep(clock, step), ...work.read() }),
  };
  return { things, service, clock, work, parties };
}

describe('a barrier', () => {
  it('takes all clocks to one instant, where they stay', async () => {
    const { things, service, clock, parties } = build();

    const at = await new TimeBarrier(parties).freeze();

    expect(at).toBeGreaterThanOrEqual(origin + 7);
    expect([things, service].map((end) => end.clock.now())).toEqual([at, at]);
    expect(clock.now()).toBe(at);
  });

  it.each([0, 1, 5])('waits for what arrives %i rounds later', async (rounds) => {
    const { things, service, parties } = build();
    const barrier = new TimeBarrier(parties);
    const at = await barrier.freeze();
    const log: string[] = [];
    const note = (end: End, text: string) => log.push(`${end.clock.now() - at} ${text}`);
    service.onMessage = (text) => {
      note(service, `service got ${text}`);
      service.clock.schedule(service.clock.now() + 60_000, () => service.send('answer', rounds));
    };
    things.onMessage = (text) => note(things, `thing got ${text}`);
    things.clock.schedule(at + 3_600_000, () => things.send('a', rounds));
    things.clock.schedule(at + 3_600_020, () => things.send('b', rounds));
    things.clock.schedule(at + 7_200_000, () => note(things, 'the end'));

    await barrier.run(at);

    expect(log).toEqual([
      '3600000 service got a',
      '3600050 service got b',
      '3660000 thing got answer',
      '3660050 thing got answer',
      '7200000 the end',
    ]);
  });

  it('is not deceived by a round that counts one packet for another', async () => {
    // The service answers after its first packet and before its second; that one arrives at once, and
    // is counted, while the first is on its way still.
    const received = [
      [0, 1],
      [0, 1],
      [1, 1],
    ];
    const sent = [1, 2, 2];
    const standing = (party: string, traffic: object): Standing => ({
      party,
      now: origin,
      traffic: { links: 1, closing: 0, sent: 0, received: 0, activity: 0, ...traffic },
    });
    let rounds = 0;
    let roundsOfFirstStep = 0;
    const scripted: Parties = {
      things: async ({ isRun }) => {
        if (!isRun) roundsOfFirstStep = rounds;
        if (isRun) rounds++;
        const counts = received[rounds - 1] ?? [1, 1];
        return counts.map((count, index) =>
          standing(`worker ${index}`, { received: count, activity: count }),
        );
      },
      service: async ({ to }) => {
        const count = sent[rounds - 1] ?? 2;
        return {
          ...standing('the service', { links: 2, sent: count, activity: count }),
          ...(to === origin ? { nextAt: origin + 1000 } : {}),
        };
      },
      coordinator: () => standing('the coordinator', {}),
    };

    await new TimeBarrier(scripted).run(origin);

    expect(roundsOfFirstStep).toBe(4);
  });

  it('waits for what the coordinator is in the middle of', async () => {
    const { things, clock, work, parties } = build();
    const barrier = new TimeBarrier(parties);
    const at = await barrier.freeze();
    let rounds = 0;
    let end: (() => void) | undefined;
    const asked = parties.coordinator;
    const slow: Parties = {
      ...parties,
      coordinator: (step) => {
        if (end !== undefined && ++rounds === 10) end();
        return asked(step);
      },
    };
    clock.schedule(at + 1000, () => {
      end = work.begin('a look');
    });
    let roundsBefore = 0;
    things.clock.schedule(at + 2000, () => {
      roundsBefore = rounds;
    });

    await new TimeBarrier(slow).run(at);

    expect(roundsBefore).toBeGreaterThanOrEqual(10);
  });

  it('asks for figures when the coordinator is about to look at them', async () => {
    const { things, clock, parties } = build();
    const at = await new TimeBarrier(parties).freeze();
    const asked: number[] = [];
    const watched: Parties = {
      ...parties,
      things: (step, withDelta) => {
        if (withDelta) asked.push(step.to - at);
        return parties.things(step, withDelta);
      },
    };
    clock.schedule(at + 10_000, () => undefined);
    things.clock.schedule(at + 5000, () => undefined);

    await new TimeBarrier(watched).run(at);

    expect(asked).toEqual([10_000]);
  });
});

describe('a step that does not end', () => {
  type World = ReturnType<typeof build>;
  const cases: [string, (world: World) => void, string][] = [
    [
      'a packet on its way',
      ({ things }) => things.send('lost', Number.POSITIVE_INFINITY),
      'the things have sent 1 packets, the emulator received 0',
    ],
    [
      'a packet on its way back',
      ({ service }) => service.send('lost', Number.POSITIVE_INFINITY),
      'the emulator has sent 1 packets, the things received 0',
    ],
    [
      'a connection that one end knows alone',
      ({ things }) => void things.traffic.open(),
      'the things have 2 connections, the emulator 1',
    ],
    [
      'a connection that does not close',
      ({ service }) => service.link.beginClosing(),
      'the service waits for 1 connections to close',
    ],
    [
      'a request without answer',
      ({ work }) => void work.begin('create-job'),
      'the coordinator is busy with create-job',
    ],
  ];

  it.each(cases)('names %s', async (_, disturb, message) => {
    const world = build();
    const barrier = new TimeBarrier(world.parties, 0);
    const at = await barrier.freeze();
    disturb(world);

    await expect(barrier.run(at)).rejects.toThrow(message);
  });

  it('names who says nothing', async () => {
    const { parties } = build();
    const mute: Parties = { ...parties, service: () => new Promise(() => undefined) };

    await expect(new TimeBarrier(mute, 0).freeze()).rejects.toThrow('no answer from the emulator');
  });

  it('ends quietly once it is stopped', async () => {
    const { things, parties } = build();
    const barrier = new TimeBarrier(parties);
    const at = await barrier.freeze();
    things.send('lost', Number.POSITIVE_INFINITY);
    things.onMessage = () => undefined;
    const running = barrier.run(at);
    barrier.stop();

    await expect(running).resolves.toBeUndefined();
  });
});

it('a closed link takes what it carried off the count, on either end', () => {
  const traffic = new Traffic();
  const [kept, broken] = [traffic.open(), traffic.open()];
  kept.countSent();
  broken.countSent();
  broken.countReceived();
  const { activity } = traffic.read();
  broken.beginClosing();
  broken.closed();

  expect(traffic.read()).toMatchObject({ links: 1, closing: 0, sent: 1, received: 0 });
  expect(traffic.read().activity).toBeGreaterThan(activity);
});
