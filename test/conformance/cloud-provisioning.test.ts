import { readdirSync, readFileSync, statSync } from 'node:fs';
import {
  AddThingToThingGroupCommand,
  AttachThingPrincipalCommand,
  CreateCertificateFromCsrCommand,
  CreateJobCommand,
  CreateKeysAndCertificateCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DescribeEventConfigurationsCommand,
  DescribeThingCommand,
  ListCertificatesCommand,
  ListThingPrincipalsCommand,
  ListThingsInThingGroupCommand,
} from '@aws-sdk/client-iot';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SteerableClock } from '../../src/base/clock.ts';
import { cleanUp } from '../../src/cloud/cleanup.ts';
import { openProvisioner } from '../../src/cloud/provisioner.ts';
import { callsOf } from '../../src/cloud/resource-calls.ts';
import { wireNames } from '../../src/cloud/wire-names.ts';
import { AwsRegistrar } from '../../src/run/aws-registrar.ts';
import {
  accountContent,
  CloudRun,
  Killed,
  nothing,
  prefix,
  resourcePlan,
  watchedClient,
} from '../support/cloud.ts';
import { controlClient, startTestEmulator } from '../support/emulator.ts';

/** Provisioning and cleaning up through the AWS SDK, against the embedded emulator. */

function scenario(aws: string, things = 3): string {
  return `name: cloud
target: { aws: { ${aws} } }
fleet: { things: ${things}, thingName: "pump-{index:03}", group: { name: pumps, parent: all } }
groups: [{ name: all }]
jobs: [{ create: { jobId: fw, document: { v: 1 } } }]
timeline: [{ at: 1m, addThings: { count: 2 } }]
`;
}

const own = 'identity: { per: thing, from: csr }';

/** The account that the answers name. */
async function account() {
  return controlClient(await startTestEmulator());
}

it.each([
  ['one certificate', ''],
  ['one a cohort', 'identity: { per: cohort, from: csr }'],
  ['one a thing', own],
  ['none', 'connect: websocket'],
  ['job events', `${own}, events: enable`],
])('makes what the plan says, with %s, and takes it away again', async (_, aws) => {
  const iot = await account();
  const plan = resourcePlan(scenario(aws));
  const run = new CloudRun(plan);
  const made = watchedClient(iot);
  const provisioner = await run.provisioner(made.iot);

  expect(await provisioner.provision(() => undefined)).toEqual({
    partition: 'aws',
    region: 'us-east-1',
    accountId: '123456789012',
  });
  await provisioner.addThings({ firstIndex: 3 });

  const content = await accountContent(iot);
  const names = [0, 1, 2, 3, 4].map((index) => `${prefix}pump-00${index}`);
  expect(content.things).toEqual(names);
  expect(content.groups).toEqual([`${prefix}all`, `${prefix}pumps`]);
  const members = await iot.send(
    new ListThingsInThingGroupCommand({ thingGroupName: `${prefix}pumps` }),
  );
  expect(members.things).toEqual(names);
  expect(made.counts).toEqual(callsOf(plan).provisioning);

  const gone = watchedClient(iot);
  const report = await run.cleanUp(gone.iot);

  expect(report).toMatchObject({ isClean: true, failed: [], missing: {} });
  expect(await accountContent(iot)).toEqual(nothing);
  // No job was created here.
  const { DeleteJob: _deleted, DescribeJob: _polled, ...cleanup } = callsOf(plan).cleanup;
  expect(gone.counts).toEqual(cleanup);
  expect(() => statSync(run.store.folder)).toThrow();
});

it('keys are for their owner alone, and in no file of the run folder', async () => {
  const iot = await account();
  const run = new CloudRun(resourcePlan(scenario(own)));

  await (await run.provisioner(iot)).provision(() => undefined);

  const files = readdirSync(run.store.folder);
  expect(files).toContain('pump-004.pem.key');
  expect(statSync(run.store.folder).mode & 0o777).toBe(0o700);
  for (const file of files)
    expect(statSync(`${run.store.folder}/${file}`).mode & 0o777).toBe(0o600);
  const bytes = (await run.store.readKey('pump-000'))?.split('\n')[1] ?? '';
  expect(bytes.length).toBeGreaterThan(40);
  for (const file of readdirSync(run.folder)) {
    expect(readFileSync(`${run.folder}/${file}`, 'utf8')).not.toContain(bytes);
  }
});

const anyDeath = fc.record({
  call: fc.integer({ min: 1, max: 24 }),
  sent: fc.integer({ min: 0, max: 8 }),
  isTorn: fc.boolean(),
  resumes: fc.boolean(),
});

it('leaves nothing that cleaning up does not find, whichever call it dies with', async () => {
  const iot = await account();
  await fc.assert(
    fc.asyncProperty(anyDeath, async ({ call, sent, isTorn, resumes }) => {
      const run = new CloudRun(resourcePlan(scenario(own)));
      // What a killed process would still have written does not count.
      let atDeath: string | undefined;
      const { iot: mortal } = watchedClient(iot, {
        call,
        sent,
        onDeath: () => {
          atDeath = run.journalText;
        },
      });
      const provisioner = await run.provisioner(mortal);
      const end = await provisioner.provision(() => undefined).catch((error: Error) => error.cause);
      if (atDeath !== undefined) {
        expect(end).toBeInstanceOf(Killed);
        run.journalText = isTorn ? `${atDeath}{"op":"inte` : atDeath;
      }

      if (resumes) {
        await (await run.provisioner(iot)).provision(() => undefined);
        const content = await accountContent(iot);
        expect(content.things?.length).toBe(3);
        expect(new Set(content.certificates).size).toBe(5);
      }
      const report = await run.cleanUp(iot);

      expect(report).toMatchObject({ isClean: true, failed: [], spared: [] });
      expect(await accountContent(iot)).toEqual(nothing);
      const again = watchedClient(iot);
      expect(await run.cleanUp(again.iot)).toMatchObject({ isClean: true, removed: {} });
      expect(again.counts).toEqual({});
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

it('finds every certificate of a call that the SDK had to repeat', async () => {
  const iot = await account();
  const run = new CloudRun(resourcePlan(scenario('identity: { per: fleet, from: csr }')));
  const send = async (command: object) => {
    const answer = await iot.send(command as never);
    if (!(command instanceof CreateCertificateFromCsrCommand)) return answer;
    const second: object = await iot.send(command as never);
    return { ...second, $metadata: { attempts: 2 } };
  };
  await (await run.provisioner({ send } as never)).provision(() => undefined);
  expect((await accountContent(iot)).certificates).toHaveLength(2);

  const report = await run.cleanUp(iot);

  expect(report).toMatchObject({ isClean: true, removed: { certificate: 2 } });
  expect(await accountContent(iot)).toEqual(nothing);
});

it('finds a certificate that AWS lists a little later', async () => {
  const iot = await account();
  const run = new CloudRun(resourcePlan(scenario('identity: { per: fleet, from: csr }')));
  await (await run.provisioner(iot)).provision(() => undefined);
  // As if the process had died before it heard the answer.
  const answer = /.*"op":"made","kind":"certificate",.*\n/;
  expect(run.journalText).toMatch(answer);
  run.journalText = run.journalText.replace(answer, '');
  let lists = 0;
  const send = async (command: object) => {
    const told: object = await iot.send(command as never);
    const isEarly = command instanceof ListCertificatesCommand && ++lists < 3;
    return isEarly ? { ...told, certificates: [] } : told;
  };

  const report = await run.cleanUp({ send } as never);

  expect(report).toMatchObject({ isClean: true, removed: { certificate: 1 } });
  expect(await accountContent(iot)).toEqual(nothing);
});

it('another scenario with the same resources gets a policy of its own', async () => {
  const iot = await account();
  const run = new CloudRun(resourcePlan(scenario(own)));
  await (await run.provisioner(iot)).provision(() => undefined);
  const picking = resourcePlan(
    scenario(own).replace('fleet: {', 'fleet: { profile: { client: pick }, '),
  );
  const { iot: watched, counts } = watchedClient(iot);

  const { store } = run;
  const journal = await run.journal();
  await openProvisioner({ iot: watched, journal, store, plan: picking }).provision(() => undefined);

  expect(counts).toEqual({ CreatePolicy: 1, AttachPolicy: 5 });
  expect((await accountContent(iot)).policies).toHaveLength(2);
  expect(await run.cleanUp(iot)).toMatchObject({ isClean: true, removed: { policy: 2 } });
  expect(await accountContent(iot)).toEqual(nothing);
});

it('goes on where cleaning up was broken off', async () => {
  const iot = await account();
  for (const call of [1, 2, 5, 9, 14, 20, 25]) {
    const run = new CloudRun(resourcePlan(scenario(own)));
    await (await run.provisioner(iot)).provision(() => undefined);
    const death = { call, sent: 1, onDeath: () => undefined };

    await expect(run.cleanUp(watchedClient(iot, death).iot)).rejects.toMatchObject({
      code: 'setup',
    });
    expect(await run.cleanUp(iot)).toMatchObject({ isClean: true, failed: [] });

    expect(await accountContent(iot)).toEqual(nothing);
  }
});

it('jobs that were noted are deleted with their executions', async () => {
  const emulator = await startTestEmulator({ clock: new SteerableClock() });
  const iot = controlClient(emulator);
  const run = new CloudRun(resourcePlan(scenario('connect: websocket')));
  const provisioner = await run.provisioner(iot);
  await provisioner.provision(() => undefined);
  await provisioner.noteJob(`${prefix}fw`);
  await provisioner.noteJob(`${prefix}never-created`);
  await iot.send(
    new CreateJobCommand({
      jobId: `${prefix}fw`,
      targets: [`arn:aws:iot:us-east-1:123456789012:thinggroup/${prefix}pumps`],
      document: '{}',
    }),
  );

  const report = await provisioner.cleanUp();

  expect(report).toMatchObject({ isClean: true, removed: { job: 1 }, missing: { job: 1 } });
  expect(await accountContent(iot)).toEqual(nothing);
});

it('what somebody else has is refused, named, and left alone', async () => {
  const iot = await account();
  const thingName = `${prefix}pump-001`;
  const attributes = { owner: 'somebody' };
  await iot.send(new CreateThingCommand({ thingName, attributePayload: { attributes } }));
  const run = new CloudRun(resourcePlan(scenario('')));

  await expect((await run.provisioner(iot)).provision(() => undefined)).rejects.toMatchObject({
    code: 'setup',
    message: `thing ${thingName} is there already, and this run did not make it`,
  });
  expect(await run.cleanUp(iot)).toMatchObject({ isClean: true });

  expect(await accountContent(iot)).toEqual({ ...nothing, things: [thingName] });
});

it('an intent that somebody else carried out is spared', async () => {
  const iot = await account();
  const run = new CloudRun(resourcePlan(scenario('')));
  const journal = await run.journal();
  await journal.append(
    { op: 'intend', kind: 'thing', name: `${prefix}a` },
    { op: 'intend', kind: 'group', name: `${prefix}g` },
    { op: 'intend', kind: 'job', name: 'fw-of-production' },
  );
  await iot.send(new CreateThingCommand({ thingName: `${prefix}a` }));
  await iot.send(new CreateThingGroupCommand({ thingGroupName: `${prefix}g` }));

  const report = await run.cleanUp(iot);

  expect(report.spared).toEqual(['job fw-of-production', `thing ${prefix}a`, `group ${prefix}g`]);
  expect(await accountContent(iot)).toMatchObject({ things: [`${prefix}a`] });
});

it('a certificate for another key is nobody’s to delete', async () => {
  const iot = await account();
  const run = new CloudRun(resourcePlan(scenario('')));
  const journal = await run.journal();
  await journal.append({ op: 'intend', kind: 'certificate', name: 'fleet', key: 'f'.repeat(64) });
  const { certificateId } = await iot.send(new CreateKeysAndCertificateCommand({}));

  expect(await run.cleanUp(iot)).toMatchObject({ isClean: true, missing: { certificate: 1 } });

  expect((await accountContent(iot)).certificates).toEqual([certificateId]);
});

it('things and groups of before are verified, and get nothing but a certificate for a while', async () => {
  const iot = await account();
  const existing = `${own}, things: existing, group: existing`;
  const text = scenario(existing).replace(/timeline.*\n/, '');
  const run = new CloudRun(resourcePlan(text));
  const provisioner = await run.provisioner(iot);
  await expect(provisioner.provision(() => undefined)).rejects.toMatchObject({
    message: 'group: existing, but there is no group all',
  });
  await iot.send(new CreateThingGroupCommand({ thingGroupName: 'all' }));
  await iot.send(new CreateThingGroupCommand({ thingGroupName: 'pumps', parentGroupName: 'all' }));
  await expect(provisioner.provision(() => undefined)).rejects.toMatchObject({
    message: 'things: existing, but 3 of 3 are not in group pumps: pump-000, pump-001, pump-002',
  });
  for (const thingName of ['pump-000', 'pump-001', 'pump-002']) {
    await iot.send(new CreateThingCommand({ thingName }));
    await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: 'pumps' }));
  }
  const before = await accountContent(iot);
  const thing = await iot.send(new DescribeThingCommand({ thingName: 'pump-000' }));

  const watched = watchedClient(iot);
  await (await run.provisioner(watched.iot)).provision(() => undefined);
  expect(watched.counts).toEqual(callsOf(resourcePlan(text)).provisioning);
  const during = await iot.send(new ListThingPrincipalsCommand({ thingName: 'pump-000' }));
  expect(during.principals).toHaveLength(1);
  await run.cleanUp(iot);

  expect(await accountContent(iot)).toEqual(before);
  const after = await iot.send(new DescribeThingCommand({ thingName: 'pump-000' }));
  expect(after.version).toBe(thing.version);
  const left = await iot.send(new ListThingPrincipalsCommand({ thingName: 'pump-000' }));
  expect(left.principals).toEqual([]);
});

it('job events are switched on for the run, and off again', async () => {
  const iot = await account();
  const run = new CloudRun(resourcePlan(scenario('events: enable')));
  const events = async () => {
    const { eventConfigurations = {} } = await iot.send(new DescribeEventConfigurationsCommand({}));
    return [eventConfigurations.JOB?.Enabled, eventConfigurations.JOB_EXECUTION?.Enabled];
  };
  const before = await events();
  const provisioner = await run.provisioner(iot);

  await provisioner.provision(() => undefined);
  expect(await events()).toEqual([true, true]);
  await provisioner.cleanUp();

  expect(await events()).toEqual(before);
  expect(before).toEqual([false, false]);
});

it('job events go off again even where all is kept', async () => {
  const iot = await account();
  const run = new CloudRun(resourcePlan(scenario('connect: websocket, events: enable')));
  const provisioner = await run.provisioner(iot);
  await provisioner.provision(() => undefined);
  const content = await accountContent(iot);
  const names = wireNames({ prefix, hasOwnThings: true, hasOwnGroups: true });
  const cloud = { isKept: true, reuseFrom: undefined, scenarioDir: '.', env: {} };
  const registrar = new AwsRegistrar({ provisioner, names, runId: 'run-1', cloud });

  expect(await registrar.cleanUp()).toBeUndefined();

  expect(await accountContent(iot)).toEqual(content);
  const { eventConfigurations = {} } = await iot.send(new DescribeEventConfigurationsCommand({}));
  expect(eventConfigurations.JOB?.Enabled).toBe(false);
  expect((await run.journal()).open.formerEvents).toBeUndefined();
});

it('things that leave on the way are not removed a second time', async () => {
  const iot = await account();
  const text = scenario(own).replace(
    'timeline: [',
    'timeline: [{ at: 10s, removeThings: { from: 0, count: 2 } }, { at: 20s, removeThings: { from: 2, count: 1, group: pumps } }, ',
  );
  const plan = resourcePlan(text);
  const run = new CloudRun(plan);
  const watched = watchedClient(iot);
  const provisioner = await run.provisioner(watched.iot);
  await provisioner.provision(() => undefined);

  await provisioner.removeThings({ from: 0, to: 2 });
  await provisioner.removeThings({ from: 2, to: 3, group: `${prefix}pumps` });
  await provisioner.addThings({ firstIndex: 3 });
  const names = [2, 3, 4].map((index) => `${prefix}pump-00${index}`);
  expect((await accountContent(iot)).things).toEqual(names);
  const members = await iot.send(
    new ListThingsInThingGroupCommand({ thingGroupName: `${prefix}pumps` }),
  );
  expect(members.things).toEqual(names.slice(1));
  const report = await provisioner.cleanUp();

  expect(report).toMatchObject({ isClean: true, removed: { thing: 3, certificate: 5 } });
  expect(await accountContent(iot)).toEqual(nothing);
  const { provisioning, cleanup } = callsOf(plan);
  const { DeleteJob: _deleted, DescribeJob: _polled, ...rest } = cleanup;
  expect(watched.counts).toEqual({ ...provisioning, ...rest });
});

it('a thing that somebody attached another certificate to is told as left, with the reason', async () => {
  const iot = await account();
  const run = new CloudRun(resourcePlan(scenario('')));
  const provisioner = await run.provisioner(iot);
  await provisioner.provision(() => undefined);
  const { certificateArn: principal } = await iot.send(new CreateKeysAndCertificateCommand({}));
  const thingName = `${prefix}pump-000`;
  await iot.send(new AttachThingPrincipalCommand({ thingName, principal }));
  const clock = new SteerableClock({ scale: 10_000 });

  const report = await cleanUp({ iot, journal: await run.journal(), store: run.store, clock });
  clock.stop();

  expect(report.isClean).toBe(false);
  expect(report.failed).toEqual([
    {
      what: `thing ${thingName}`,
      reason: expect.stringContaining('still attached to one or more principals'),
    },
  ]);
  expect((await accountContent(iot)).things).toEqual([thingName]);
});
