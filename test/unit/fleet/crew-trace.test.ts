import { expect, it, onTestFinished } from 'vitest';
import { SteerableClock } from '../../../src/base/clock.ts';
import { Profile } from '../../../src/device/profile.ts';
import { Crew } from '../../../src/fleet/crew.ts';
import type { TracedMessage } from '../../../src/fleet/tracer.ts';
import type { Assignment } from '../../../src/fleet/wire.ts';
import { FakeService } from '../../support/fake-service.ts';

const startAt = 1_000_000_000;

/** What five things that answer one job each have said and heard after a minute. */
function traceOf(recording: Assignment['recording']): TracedMessage[] {
  const clock = new SteerableClock({ simulatedOriginAt: startAt });
  clock.freeze();
  clock.advanceTo(startAt);
  onTestFinished(() => clock.stop());
  const assignment: Assignment = {
    population: {
      seed: '42',
      thingName: 'pump-{index:03}',
      cohorts: [{ name: 'all', share: 1, profile: Profile.parse({ work: '5s' }) }],
      batches: [{ firstIndex: 0, count: 5, startMs: 0 }],
    },
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
    recording,
  };
  const traced: TracedMessage[] = [];
  const crew = new Crew(assignment, 0, clock, new FakeService(clock).openLink, (messages) =>
    traced.push(...messages),
  );
  clock.advanceTo(startAt + 60_000);
  crew.takeDelta('worker-0');
  return traced;
}

it('a recorded crew hands on what each thing said and heard, in order', () => {
  const traced = traceOf({ namePrefix: '' });

  const ofOne = traced.filter(({ name }) => name === 'pump-003');
  expect(new Set(traced.map(({ thing }) => thing))).toEqual(new Set([0, 1, 2, 3, 4]));
  expect(ofOne.every(({ thing }) => thing === 3)).toBe(true);
  expect(ofOne.map(({ direction, topic }) => `${direction} ${topic}`)).toEqual(
    expect.arrayContaining([
      'out $next/get',
      'in $next/get/accepted',
      'out fw-1/update',
      'in fw-1/update/accepted',
    ]),
  );
  expect(ofOne.map(({ at }) => at)).toEqual(ofOne.map(({ at }) => at).sort((a, b) => a - b));
  const first = ofOne.find(({ topic }) => topic === 'fw-1/update');
  expect(first?.payload).toMatchObject({ status: 'IN_PROGRESS' });
});

it('a crew that is not recorded hands on nothing', () => {
  expect(traceOf(undefined)).toEqual([]);
});
