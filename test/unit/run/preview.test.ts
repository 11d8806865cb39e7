import { expect, it } from 'vitest';
import { previewRun } from '../../../src/run/preview.ts';
import { refuseBeyondLimits } from '../../../src/run/run-limits.ts';
import { planScenario } from '../../../src/scenario/plan-scenario.ts';
import { loadText } from '../../support/scenarios.ts';

const fleet = `{ things: 50, thingName: "pump-{index}", group: pumps, cohorts: [
  { name: good, share: 100%, profile: { outcome: succeed, work: 2s, progress: { steps: 2 } } } ] }`;

function planOf(target: string, more = '') {
  return planScenario(
    loadText(`name: small
target: ${target}
fleet: ${fleet}
jobs: [ { create: { jobId: fw, document: {}, targets: [pumps] } } ]
${more}
`),
  );
}

const settings = { scenarioDir: '.', isKept: false, reuseFrom: undefined, env: {} };

it('tells what a run makes in an account, and what it only uses', async () => {
  const own = await previewRun(planOf('aws'), settings);
  const others = await previewRun(
    planOf('{ aws: { things: existing, group: existing, connect: websocket } }'),
    settings,
  );

  expect(own.creates).toEqual({ thing: 50, group: 1, certificate: 1, policy: 1, job: 1 });
  expect(own.uses).toEqual({});
  expect(own.calls?.provisioning).toMatchObject({ DescribeEndpoint: 1, CreateThing: 50 });
  expect(others.creates).toEqual({ job: 1 });
  expect(others.uses).toEqual({ thing: 50, group: 1 });
  expect(others.policy).toBeUndefined();
  expect(others.notes.join()).toContain('is cut off');
  expect(own.notes.join()).not.toContain('is cut off');
});

it('counts what things say and hear', async () => {
  const { messages } = await previewRun(planOf('aws'), settings);

  // Each asks once for a job, tells of two steps and of its end, and is answered.
  expect(messages?.connects).toBe(50);
  expect(messages?.acknowledged).toBeGreaterThanOrEqual(50);
  expect(messages?.published).toBeGreaterThanOrEqual(50 * 4);
  expect(messages?.delivered).toBe((messages?.published ?? 0) + (messages?.acknowledged ?? 0));
  expect(messages?.connectionMinutes).toBeGreaterThan(50);
});

it('cleans nothing up that is to be kept', async () => {
  const { calls, notes } = await previewRun(planOf('aws'), { ...settings, isKept: true });

  expect(calls?.cleanup).toEqual({});
  expect(notes.join()).toContain('--keep');
});

it('asks whether events are on where they are to be used as they are', async () => {
  const { calls, messages } = await previewRun(planOf('{ aws: { events: existing } }'), settings);

  expect(calls?.run).toMatchObject({ DescribeEventConfigurations: 1 });
  expect(messages?.events).toBe(51);
});

it('says what it means for targets without an account', async () => {
  const ours = await previewRun(planOf('emulator'), settings);
  const endpoint = '{ endpoint: { http: "http://localhost:1", mqtt: { host: localhost } } }';
  const theirs = await previewRun(planOf(endpoint), settings);

  expect(ours.creates).toEqual({ thing: 50, group: 1, job: 1 });
  expect(ours.cost).toBeUndefined();
  expect(ours.messages?.connects).toBe(50);
  expect(ours.notes.join()).toContain('goes with it');
  expect(theirs.notes.join()).toContain('stays there');
});

it('names each limit that is too low, with what is needed', async () => {
  const plan = planOf('emulator', 'limits: { things: 49, minutes: 0.01, messages: 10 }');

  const { exceeded } = await previewRun(plan, settings);

  expect(exceeded).toEqual([
    'limits.things is 49, it needs 50',
    expect.stringMatching(/^limits\.minutes is 0\.01, it needs 0\.\d+$/),
    expect.stringMatching(/^limits\.messages is 10, it needs \d+$/),
  ]);
  await expect(refuseBeyondLimits(plan, '.')).rejects.toMatchObject({ code: 'usage' });
});

it('lets a run begin that keeps to its limits', async () => {
  const plan = planOf('emulator', 'limits: { things: 50, minutes: 5, messages: 10000 }');

  expect((await previewRun(plan, settings)).exceeded).toEqual([]);
  await expect(refuseBeyondLimits(plan, '.')).resolves.toBeUndefined();
});
