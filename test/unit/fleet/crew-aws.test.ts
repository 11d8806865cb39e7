import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Population } from '../../../src/device/population.ts';
import { Profile } from '../../../src/device/profile.ts';
import { CertificateAuthority } from '../../../src/emulator/certificate-authority.ts';
import { Crew } from '../../../src/fleet/crew.ts';
import type { Assignment } from '../../../src/fleet/wire.ts';
import { MergedMetrics } from '../../../src/metrics/recorder.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { FakeService } from '../../support/fake-service.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** What a fleet needs at AWS and nowhere else: names with a prefix, rates, credentials, own identities. */

const startAt = 1_000_000_000;
const prefix = 'fr-0a1b2c3d-';

const population: Population = {
  seed: '42',
  thingName: 'pump-{index:03}',
  cohorts: [
    { name: 'good', share: 0.7, profile: Profile.parse({ work: { uniform: ['10s', '60s'] } }) },
    { name: 'bad', share: 0.3, profile: Profile.parse({ outcome: 'fail' }) },
  ],
  batches: [{ firstIndex: 0, count: 40, startMs: 0 }],
};

interface Wanted extends Partial<Assignment> {
  readonly jobId?: string;
}

function startFleet({ jobId = 'fw-1', ...shape }: Wanted) {
  const clock = new ManualClock();
  clock.advanceTo(startAt);
  const service = new FakeService(clock, jobId);
  const assignment: Assignment = {
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
  const crews = Array.from(
    { length: assignment.workers },
    (_, worker) => new Crew(assignment, worker, clock, service.openLink),
  );
  const metrics = new MergedMetrics();
  const take = () =>
    crews.map((crew, index) => {
      const delta = crew.takeDelta(`worker-${index}`);
      metrics.add(delta.worker, delta.metrics);
      return delta;
    });
  return { clock, service, crews, metrics, take };
}

describe('names with a prefix', () => {
  function outcomesOf(wanted: Wanted) {
    const { clock, service, take } = startFleet(wanted);
    clock.advanceTo(startAt + 6);
    service.notifyNext(service.links[0]?.options.clientId ?? '');
    clock.advanceTo(startAt + 300_000);
    const deltas = take();
    return {
      clientIds: service.links.map(({ options }) => options.clientId),
      executions: deltas.flatMap(({ executions }) => executions),
      notices: deltas.flatMap(({ notices }) => notices),
    };
  }

  it('change nothing of what things do and when, nor what is told of it', () => {
    const plain = outcomesOf({});
    const prefixed = outcomesOf({
      population: { ...population, namePrefix: prefix, jobIdPrefix: prefix },
      jobId: `${prefix}fw-1`,
    });

    expect(plain.executions).toHaveLength(40);
    expect(prefixed.executions).toEqual(plain.executions);
    expect(prefixed.executions.every(({ jobId }) => jobId === 'fw-1')).toBe(true);
    expect(plain.notices).toHaveLength(1);
    expect(prefixed.notices).toEqual(plain.notices);
    expect(prefixed.clientIds).toEqual(plain.clientIds.map((name) => `${prefix}${name}`));
  });

  it('of jobs alone are taken off too', () => {
    const plain = outcomesOf({});
    const prefixed = outcomesOf({
      population: { ...population, jobIdPrefix: prefix },
      jobId: `${prefix}fw-1`,
    });

    expect(prefixed.executions).toEqual(plain.executions);
    expect(prefixed.clientIds).toEqual(plain.clientIds);
  });
});

it('a job that is none of the run is left alone', () => {
  const { clock, service, take } = startFleet({
    population: { ...population, jobIdPrefix: prefix },
    jobId: 'production',
  });
  clock.advanceTo(startAt + 6);
  for (const { options } of service.links) service.notifyNext(options.clientId);
  clock.advanceTo(startAt + 300_000);

  expect(service.links).toHaveLength(40);
  expect(take().flatMap(({ executions }) => executions)).toEqual([]);
});

describe('the rates of an account', () => {
  it.each([1, 4])('hold for all things together, on %d workers', (workers) => {
    const { clock, metrics, take } = startFleet({ rates: { connects: 4 }, workers });
    const connectsAfter = (ms: number) => {
      clock.advanceTo(startAt + ms);
      take();
      return metrics.counter('connects/ok');
    };

    // What a second allows, and then four a second, whatever the ramp would have it be.
    expect(connectsAfter(990)).toBeLessThanOrEqual(8);
    expect(connectsAfter(5990)).toBeLessThanOrEqual(28);
    expect(connectsAfter(12_000)).toBe(40);
    expect(metrics.counter('throttledMs/connects')).toBeGreaterThan(40 * 2000);
  });

  it('hold when a service that was slow to let things in is so no longer', () => {
    const connect = { perSecond: 100, inFlight: 2 };
    const { clock, metrics, service, take } = startFleet({ rates: { connects: 10 }, connect });
    service.answerMs = 10_000;
    clock.advanceTo(startAt + 9000);
    service.answerMs = 1;
    const connectsAfter = (ms: number) => {
      clock.advanceTo(startAt + ms);
      take();
      return metrics.counter('connects/ok');
    };

    expect(connectsAfter(9999)).toBe(0);
    expect(connectsAfter(11_000)).toBeLessThanOrEqual(2 + 11);
    expect(connectsAfter(20_000)).toBe(40);
  });

  it('let nobody connect who was switched off while it stood in line', () => {
    const { clock, crews, service } = startFleet({ rates: { connects: 1 } });
    clock.advanceTo(startAt + 1500);

    for (const crew of crews) crew.stop();
    clock.advanceTo(startAt + 60_000);

    expect(service.links).toHaveLength(40);
    expect(service.links.filter(({ connects }) => connects > 0)).toHaveLength(2);
    expect(crews.every(({ isIdle }) => isIdle)).toBe(true);
  });

  it('delay requests, whose latency counts from when they were due', () => {
    const { clock, metrics, take } = startFleet({ rates: { reads: 10, writes: 1000 } });

    clock.advanceTo(startAt + 300_000);
    take();

    expect(metrics.counter('requests/describe/sent')).toBe(40);
    expect(metrics.counter('requests/describe/accepted')).toBe(40);
    expect(metrics.counter('throttledMs/reads')).toBeGreaterThan(20_000);
    expect(metrics.counter('throttledMs/writes')).toBe(0);
    expect(metrics.counter('throttled/unsent')).toBe(0);
    expect(metrics.percentile('describe', 'fromSend', 100)).toBeLessThan(100_000);
    expect(metrics.percentile('describe', 'corrected', 100)).toBeGreaterThan(1_000_000);
  });

  it('let a device give up what was not sent yet, which is not lost then', () => {
    const { clock, metrics, take } = startFleet({ rates: { reads: 1 } });

    clock.advanceTo(startAt + 60_000);
    take();

    const sent = metrics.counter('requests/describe/sent');
    expect(metrics.counter('throttled/unsent')).toBeGreaterThan(20);
    expect(metrics.counter('requests/describe/lost')).toBe(0);
    expect(sent).toBeLessThanOrEqual(61);
    expect(metrics.counter('requests/describe/accepted')).toBe(sent);
  });
});

it('signs each connect with the credentials of then', () => {
  const first = { accessKeyId: 'AKID1', secretAccessKey: 's1' };
  const second = { accessKeyId: 'ASIA2', secretAccessKey: 's2', sessionToken: 't' };
  const { clock, service, crews } = startFleet({ credentials: first });
  clock.advanceTo(startAt + 1000);
  const credentials = service.links[0]?.options.credentials;

  expect(credentials?.()).toBe(first);
  for (const crew of crews) crew.obey({ type: 'credentials', credentials: second });

  expect(credentials?.()).toBe(second);
});

describe('identities', () => {
  const identity = (name: string) => ({
    certificatePem: `${name} crt`,
    privateKeyPem: `${name} key`,
  });

  it('of a cohort are one object for all its things', () => {
    const identities = { good: identity('good'), bad: identity('bad') };
    const { clock, service } = startFleet({ identities: { kind: 'by-cohort', identities } });
    clock.advanceTo(startAt + 1000);

    const shown = service.links.map(({ options }) => options.identity);
    expect(shown.filter((each) => each === identities.good)).toHaveLength(28);
    expect(shown.filter((each) => each === identities.bad)).toHaveLength(12);
  });

  it('of things go by the plain name; what is missing is counted, and told once', async () => {
    const folder = temporaryFolder();
    const keyPath = join(folder, '{thing}.key');
    const { clock, metrics, take } = startFleet({
      population: {
        ...population,
        namePrefix: prefix,
        batches: [{ firstIndex: 7, count: 1, startMs: 0 }],
      },
      endpoint: { host: '127.0.0.1', port: 1, tls: {}, access: { kind: 'certificate' } },
      identities: { kind: 'by-thing', certificatePath: keyPath, keyPath },
    });
    const troubles: string[] = [];

    for (const failures of [1, 2]) {
      clock.advanceTo(clock.now() + 600_000);
      await vi.waitFor(() => {
        troubles.push(...take().flatMap(({ troubles = [] }) => troubles));
        expect(metrics.counter('errors/connect/identity')).toBe(failures);
      });
    }

    expect(troubles).toEqual([
      `${prefix}pump-007 has no identity to connect with: cannot read ${folder}/pump-007.key: it is not there`,
    ]);
  });

  it('of things are read before the connect is sent, which counts from when it was due', async () => {
    const folder = temporaryFolder();
    const device = await (await CertificateAuthority.create()).issueDevice();
    writeFileSync(join(folder, 'pump-000.crt'), device.certificatePem);
    writeFileSync(join(folder, 'pump-000.key'), device.privateKeyPem);
    const { clock, metrics, service, take } = startFleet({
      population: { ...population, batches: [{ firstIndex: 0, count: 1, startMs: 0 }] },
      endpoint: { host: '127.0.0.1', port: 1, tls: {}, access: { kind: 'certificate' } },
      identities: {
        kind: 'by-thing',
        certificatePath: join(folder, '{thing}.crt'),
        keyPath: join(folder, '{thing}.key'),
      },
    });

    clock.advanceTo(startAt + 500);
    await vi.waitFor(() => expect(service.links[0]?.isConnecting).toBe(true));
    clock.advanceTo(startAt + 1000);
    take();

    expect(metrics.counter('connects/ok')).toBe(1);
    expect(metrics.percentile('connect', 'fromSend', 100)).toBeLessThan(100_000);
    expect(metrics.percentile('connect', 'corrected', 100)).toBeGreaterThan(500_000);
    expect(service.links[0]?.options.secureContext?.()).toBeDefined();
  });

  it('are nobody’s where there are none', () => {
    const { clock, service } = startFleet({});
    clock.advanceTo(startAt + 1000);

    expect(service.links.map(({ options }) => options.identity)).toEqual(Array(40).fill(undefined));
  });
});
