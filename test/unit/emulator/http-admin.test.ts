import { describe, expect, it } from 'vitest';
import type { SteerableClock } from '../../../src/base/clock.ts';
import { HttpAdmin } from '../../../src/emulator/http-admin.ts';
import { Service } from '../../../src/emulator/service.ts';
import { defaultDialect } from '../../../src/protocol/dialect.ts';
import { defaultAccount } from '../../../src/protocol/names.ts';
import { frozenClock, testTimeAt } from '../../support/emulator.ts';

interface Desk {
  readonly clock: SteerableClock;
  readonly service: Service;
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
}

function adminDesk(): Desk {
  const clock = frozenClock();
  const service = new Service({
    account: defaultAccount,
    dialect: defaultDialect,
    seed: 'test',
    clock,
    emit: () => undefined,
  });
  const admin = new HttpAdmin({
    service,
    clock,
    stats: () => ({ process: { rssBytes: 1 } }),
    metrics: async () => '# none\n',
  });
  return {
    clock,
    service,
    ask: async (method, path, body) => {
      const answer = await admin.answer({
        method,
        path,
        query: new URLSearchParams(),
        headers: {},
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? {})),
        requestId: 'r',
      });
      return { status: answer?.status ?? 404, body: answer && JSON.parse(answer.body) };
    },
  };
}

function createTimedJob({ service, clock }: Desk): void {
  service.call({
    type: 'create-job',
    request: {
      jobId: 'fw',
      targets: ['arn:aws:iot:us-east-1:123456789012:thinggroup/pumps'],
      document: '{}',
      timeoutConfig: { inProgressTimeoutInMinutes: 5 },
    },
  });
  clock.advanceTo(clock.now());
  service.call({ type: 'start-next', thingName: 'pump-0', request: {} });
}

describe('provision', () => {
  it('makes what single calls would have made', async () => {
    const bulk = adminDesk();
    const single = adminDesk();

    const answer = await bulk.ask('POST', '/_fleetrig/provision', {
      pattern: 'pump-{index:02}',
      from: 1,
      to: 4,
      groupName: 'pumps',
    });
    single.service.call({ type: 'create-group', groupName: 'pumps', attributes: {} });
    for (const thingName of ['pump-01', 'pump-02', 'pump-03']) {
      single.service.call({ type: 'create-thing', thingName, attributes: {} });
      single.service.call({ type: 'join-group', thingName, groupName: 'pumps' });
    }

    expect(answer).toEqual({ status: 200, body: { created: 3 } });
    const withoutIds = ({ service }: Desk) =>
      service.view.things.sorted().map(({ thingId: _, ...thing }) => thing);
    expect(withoutIds(bulk)).toEqual(withoutIds(single));
    const members = ({ service }: Desk) => [
      ...(service.view.groups.get('pumps')?.things.keys() ?? []),
    ];
    expect(members(bulk)).toEqual(members(single));
    expect(bulk.service.view.groups.get('pumps')?.version).toBe(
      single.service.view.groups.get('pumps')?.version,
    );
  });

  it('takes names too, and may be repeated', async () => {
    const { ask, service } = adminDesk();
    const order = { thingNames: ['a', 'b'], groupName: 'g' };

    await ask('POST', '/_fleetrig/provision', order);
    const again = await ask('POST', '/_fleetrig/provision', order);

    expect(again).toEqual({ status: 200, body: { created: 0 } });
    expect(service.view.things.size).toBe(2);
  });

  it.each([
    ['nothing named', {}, 'Give either thingNames, or pattern and to.'],
    ['both ways at once', { thingNames: ['a'], pattern: 'b', to: 1 }, 'Give either thingNames'],
    ['a range that runs backwards', { pattern: 'p-{index}', from: 2, to: 1 }, 'from..to'],
    ['an illegal name', { thingNames: ['a b'] }, "'a b' is not a legal name."],
    ['an unknown member', { thingNames: ['a'], colour: 'red' }, 'colour'],
    ['no JSON', '{', 'not a UTF-8 encoded JSON object'],
  ])('refuses %s', async (_, order, message) => {
    const { ask, service } = adminDesk();

    const answer = await ask('POST', '/_fleetrig/provision', order);

    expect(answer).toEqual({ status: 400, body: { message: expect.stringContaining(message) } });
    expect(service.view.things.size).toBe(0);
  });
});

describe('clock', () => {
  it('advances, and what is due on the way happens', async () => {
    const desk = adminDesk();
    await desk.ask('POST', '/_fleetrig/provision', { thingNames: ['pump-0'], groupName: 'pumps' });
    createTimedJob(desk);

    const before = await desk.ask('POST', '/_fleetrig/clock', { advanceSeconds: 299 });
    const running = await desk.ask('GET', '/_fleetrig/jobs/fw');
    await desk.ask('POST', '/_fleetrig/clock', { advanceSeconds: 1 });
    const timedOut = await desk.ask('GET', '/_fleetrig/jobs/fw');

    expect(before.body).toMatchObject({ now: testTimeAt + 299_000, isFrozen: true });
    expect(running.body).toMatchObject({ executions: { IN_PROGRESS: 1, TIMED_OUT: 0 } });
    expect(timedOut.body).toMatchObject({
      jobId: 'fw',
      targeted: 1,
      notified: 1,
      executions: { IN_PROGRESS: 0, TIMED_OUT: 1 },
      rateSteps: expect.any(Array),
    });
  });

  it('jumps to the next event', async () => {
    const desk = adminDesk();
    await desk.ask('POST', '/_fleetrig/provision', { thingNames: ['pump-0'], groupName: 'pumps' });
    createTimedJob(desk);

    await desk.ask('POST', '/_fleetrig/clock', { toNextEvent: true });

    expect(desk.clock.now()).toBe(testTimeAt + 300_000);
  });

  it('is set, scaled, resumed and frozen', async () => {
    const { ask, clock } = adminDesk();

    await ask('POST', '/_fleetrig/clock', { set: testTimeAt + 5000 });
    expect(clock.now()).toBe(testTimeAt + 5000);
    await ask('POST', '/_fleetrig/clock', { scale: 60 });
    expect(clock.read()).toMatchObject({ scale: 60, isFrozen: true });
    await ask('POST', '/_fleetrig/clock', { resume: true });
    expect(clock.read().isFrozen).toBe(false);
    const frozen = await ask('POST', '/_fleetrig/clock', { freeze: true });
    expect(frozen.body).toMatchObject({ scale: 60, isFrozen: true });
    expect((await ask('GET', '/_fleetrig/clock')).body).toEqual(clock.read());
  });

  it.each([
    ['nothing', {}],
    ['two steps at once', { freeze: true, scale: 2 }],
    ['a scale of 0', { scale: 0 }],
    ['a step back', { advanceSeconds: -1 }],
    ['a time that has passed', { set: testTimeAt - 1 }],
    ['more than ten years at once', { set: testTimeAt + 11 * 365 * 86_400_000 }],
    ['a time that no calendar knows', { set: 9e15 }],
    ['an unknown step', { rewind: true }],
  ])('refuses %s', async (_, step) => {
    const { ask, clock } = adminDesk();

    expect((await ask('POST', '/_fleetrig/clock', step)).status).toBe(400);
    expect(clock.now()).toBe(testTimeAt);
  });
});

it('refuses a pattern that makes no legal names, before making any', async () => {
  const { ask } = adminDesk();
  const wide = await ask('POST', '/_fleetrig/provision', {
    pattern: 'p-{index:999999999}',
    to: 10,
  });
  const wrong = await ask('POST', '/_fleetrig/provision', {
    pattern: 'a b {index}',
    to: 1_000_000,
  });

  expect([wide.status, wrong.status]).toEqual([400, 400]);
});

it('shows the state, bounded, and forgets it on reset', async () => {
  const desk = adminDesk();
  await desk.ask('POST', '/_fleetrig/provision', {
    pattern: 'pump-{index}',
    to: 150,
    groupName: 'pumps',
  });
  createTimedJob(desk);

  const { body } = await desk.ask('GET', '/_fleetrig/state');
  await desk.ask('POST', '/_fleetrig/reset');
  const after = await desk.ask('GET', '/_fleetrig/state');

  expect(body).toMatchObject({
    counts: { things: 150, groups: 1, jobs: 1 },
    groups: [{ groupName: 'pumps', things: 150 }],
    jobs: [{ jobId: 'fw', status: 'IN_PROGRESS', executions: { IN_PROGRESS: 1 } }],
  });
  expect((body as { things: unknown[] }).things).toHaveLength(100);
  expect(after.body).toMatchObject({ counts: { things: 0, groups: 0, jobs: 0 } });
  expect(desk.clock.advanceToNext()).toBe(false);
});

it('shows who holds which certificates and policies, without their documents', async () => {
  const desk = adminDesk();
  const { service } = desk;
  const certificateId = 'a'.repeat(64);
  const certificateArn = `arn:aws:iot:us-east-1:123456789012:cert/${certificateId}`;
  const policyDocument = '{"Statement":{"Effect":"Allow","Action":"iot:*","Resource":"*"}}';
  service.call({
    type: 'create-certificate',
    certificateId,
    certificatePem: 'PEM',
    isActive: true,
    commonName: '',
    serialNumber: '01',
  });
  for (const thingName of ['a', 'b']) {
    service.call({ type: 'create-thing', thingName, attributes: {} });
    service.call({
      type: 'attach-principal',
      thingName,
      principal: certificateArn,
      isExclusive: false,
    });
  }
  service.call({ type: 'create-policy', policyName: 'p', policyDocument });
  service.call({ type: 'attach-policy', policyName: 'p', target: certificateArn });
  service.call({ type: 'configure-events', enabled: { JOB: true } });

  const { body } = await desk.ask('GET', '/_fleetrig/state');

  expect(body).toMatchObject({
    counts: {
      things: 2,
      templates: 0,
      certificates: 1,
      policies: 1,
      thingPrincipals: 2,
      policyTargets: 1,
    },
    certificates: [{ certificateId, status: 'ACTIVE', things: 2 }],
    policies: [{ policyName: 'p', targets: 1 }],
    thingPrincipals: [
      { thingName: 'a', certificateId },
      { thingName: 'b', certificateId },
    ],
    policyTargets: [{ target: certificateArn, policyName: 'p' }],
    events: { JOB: true, JOB_EXECUTION: false },
  });
  expect(JSON.stringify(body)).not.toMatch(/PEM|Statement/);
});

it.each([
  ['GET', '/_fleetrig/health', 200],
  ['GET', '/_fleetrig/stats', 200],
  ['GET', '/_fleetrig/jobs/ghost', 404],
  ['GET', '/_fleetrig/nothing', 404],
  ['POST', '/_fleetrig/health', 404],
])('%s %s answers %d', async (method, path, status) => {
  expect((await adminDesk().ask(method, path)).status).toBe(status);
});
