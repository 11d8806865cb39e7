import { describe, expect, it } from 'vitest';
import { Profile } from '../../../src/device/profile.ts';
import { planScenario } from '../../../src/scenario/plan-scenario.ts';
import { loadText } from '../../support/scenarios.ts';

const planOf = (text: string) => planScenario(loadText(text));

const least = `name: least
fleet: { things: 3, group: g }
jobs: [{ create: { jobId: j, document: { a: 1 } } }]
`;

it('fills in everything a short scenario leaves out', () => {
  expect(planOf(least)).toMatchObject({
    name: 'least',
    seed: '1',
    target: { kind: 'emulator' },
    clockScale: 1,
    stopAfterMs: 3_600_000,
    population: {
      seed: '1',
      thingName: 'thing-{index:05}',
      cohorts: [{ name: 'all', share: 1, profile: Profile.parse({}) }],
      batches: [{ firstIndex: 0, count: 3, startMs: 0 }],
    },
    groups: [{ name: 'g' }],
    fleetGroup: 'g',
    connect: { perSecond: 500, inFlight: 200 },
    keepAliveSeconds: 1200,
    client: 'mqttjs',
    isTls: false,
    workers: 2,
    actions: [
      {
        type: 'create-job',
        atMs: 0,
        position: { file: 'scenario.yaml', line: 3, column: 18 },
        request: {
          jobId: 'j',
          document: '{"a":1}',
          targets: ['arn:aws:iot:us-east-1:123456789012:thinggroup/g'],
        },
        targets: [{ kind: 'group', name: 'g' }],
      },
    ],
    expectations: [],
    harness: { scheduleDelayMsP99Max: 250, eventLoopDelayMsP99Max: 200 },
  });
});

it('takes the client and the transport of the things', () => {
  const text = least.replace('group: g', 'group: g, client: packet, tls: true');

  expect(planOf(text)).toMatchObject({ client: 'packet', isTls: true });
});

it.each([
  ['a number as it is', '60', { clockScale: 60, isJumping: false }],
  ['max as jumps, once the things are up at scale 1', 'max', { clockScale: 1, isJumping: true }],
])('takes a clock scale of %s', (_, scale, expected) => {
  expect(planOf(`${least}clock: { scale: ${scale} }\n`)).toMatchObject(expected);
});

it('numbers joiners on from those before them, in order of time', () => {
  const plan = planOf(`${least}timeline:
  - { at: 3m, addThings: { count: 20 } }
  - { at: 1m, addThings: { count: 10, group: g } }
  - { at: 2m, removeThings: { from: 5, count: 8 } }
  - { at: 4m, removeThings: { from: 0, count: 3, group: g } }
`);

  expect(plan.population.batches).toEqual([
    { firstIndex: 0, count: 3, startMs: 0 },
    { firstIndex: 3, count: 10, startMs: 60_000 },
    { firstIndex: 13, count: 20, startMs: 180_000 },
  ]);
  expect(plan.actions.slice(1)).toMatchObject([
    { type: 'add-things', atMs: 60_000, firstIndex: 3, count: 10, group: 'g' },
    { type: 'remove-things', atMs: 120_000, from: 5, to: 13 },
    { type: 'add-things', atMs: 180_000, firstIndex: 13, count: 20, group: 'g' },
    { type: 'remove-things', atMs: 240_000, from: 0, to: 3, group: 'g' },
  ]);
});

it('plans what operators do', () => {
  const plan = planOf(`${least}timeline:
  - { at: 1s, cancelExecution: { jobId: j, things: [thing-00002, thing-00000] } }
  - { at: 2s, updateJob: { jobId: j, timeoutConfig: { inProgressTimeoutInMinutes: 3 } } }
  - { at: 3s, disconnect: { share: 20%, for: 30s } }
  - { at: 4s, cancelJob: { jobId: j, force: true, reasonCode: STOP, comment: enough } }
  - { at: 5s, deleteJob: { jobId: j } }
`);

  expect(plan.actions.slice(1).map(({ position: _, ...action }) => action)).toEqual([
    { type: 'cancel-execution', atMs: 1000, jobId: 'j', force: false, things: [2, 0] },
    {
      type: 'update-job',
      atMs: 2000,
      jobId: 'j',
      settings: { timeoutConfig: { inProgressTimeoutInMinutes: 3 } },
    },
    { type: 'disconnect', atMs: 3000, share: 0.2, forMs: 30_000 },
    {
      type: 'cancel-job',
      atMs: 4000,
      jobId: 'j',
      force: true,
      reasonCode: 'STOP',
      comment: 'enough',
    },
    { type: 'delete-job', atMs: 5000, jobId: 'j', force: false },
  ]);
});

it('creates parents before their groups', () => {
  const { groups } = planOf(`name: nested
fleet: { things: 3, group: { name: pumps, parent: hall } }
groups: [{ name: hall, parent: site }, { name: site }, { name: spare }]
jobs: [{ create: { jobId: j, document: {} } }]
`);

  expect(groups).toEqual([
    { name: 'site' },
    { name: 'hall', parent: 'site' },
    { name: 'pumps', parent: 'hall' },
    { name: 'spare' },
  ]);
});

describe('targets', () => {
  const own = 'arn:aws:iot:eu-west-1:999999999999:thinggroup/g';
  const targetsOf = (targets: string, target = 'emulator') =>
    planOf(`name: t
target: ${target}
fleet: { things: 3, group: g }
jobs: [{ create: { jobId: j, document: {}, targets: ${targets} } }]
`).actions.flatMap((action) => ('targets' in action ? action.targets : []));

  it('may be names of either kind', () => {
    expect(targetsOf('[g, thing-00002, { group: g }, { thing: thing-00000 }]')).toEqual([
      { kind: 'group', name: 'g' },
      { kind: 'thing', name: 'thing-00002' },
      { kind: 'group', name: 'g' },
      { kind: 'thing', name: 'thing-00000' },
    ]);
  });

  it('that are ARNs mean the same names on our own emulator', () => {
    expect(targetsOf(`["${own}"]`)).toEqual([{ kind: 'group', name: 'g' }]);
  });

  it('that are ARNs stay as they are elsewhere', () => {
    const endpoint = '{ endpoint: { http: "http://127.0.0.1:1", mqtt: { host: 127.0.0.1 } } }';

    expect(targetsOf(`["${own}"]`, endpoint)).toEqual([{ kind: 'arn', arn: own }]);
  });
});

it('plans for an endpoint', () => {
  const { target } = planOf(
    least.replace(
      'name: least',
      'name: far\ntarget: { endpoint: { http: "https://iot.example:443", mqtt: { host: mqtt.example, port: 1884 } } }',
    ),
  );

  expect(target).toEqual({
    kind: 'endpoint',
    http: 'https://iot.example:443',
    mqtt: { host: 'mqtt.example', port: 1884 },
    region: 'us-east-1',
  });
});

it('says where each expectation was written', () => {
  const { expectations } = planOf(`${least}expect:
  - jobs.j.status == COMPLETED
  - jobs.j.notified == 3
`);

  expect(expectations.map(({ threshold, position }) => [threshold.text, position.line])).toEqual([
    ['jobs.j.status == COMPLETED', 5],
    ['jobs.j.notified == 3', 6],
  ]);
});
