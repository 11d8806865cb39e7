import { rmSync } from 'node:fs';
import {
  CreateKeysAndCertificateCommand,
  DescribeCertificateCommand,
  DescribeEventConfigurationsCommand,
  UpdateEventConfigurationsCommand,
} from '@aws-sdk/client-iot';
import { expect, it } from 'vitest';
import { SteerableClock } from '../../src/base/clock.ts';
import { cleanUp } from '../../src/cloud/cleanup.ts';
import { fingerprintOfCertificate } from '../../src/cloud/device-key.ts';
import type { JournalEntry } from '../../src/cloud/journal-entry.ts';
import { accountContent, CloudRun, nothing, resourcePlan } from '../support/cloud.ts';
import { controlClient, startTestEmulator } from '../support/emulator.ts';

/** Journals that were changed, come from another machine, or cannot be written any more. */

const text = `name: cloud
target: { aws: { identity: { from: csr } } }
fleet: { things: 2, thingName: "pump-{index}", group: pumps }
jobs: [{ create: { jobId: fw, document: { v: 1 } } }]
`;

const account = async () => controlClient(await startTestEmulator());

it.each(['made', 'intend'] as const)(
  'a certificate of somebody else stays as it is, though a journal says %s',
  async (op) => {
    const iot = await account();
    const {
      certificateArn: arn,
      certificateId,
      certificatePem = '',
    } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    const run = new CloudRun(resourcePlan(text));
    const journal = await run.journal();
    const about = {
      kind: 'certificate',
      name: 'fleet',
      key: fingerprintOfCertificate(certificatePem),
    } as const;
    const claim: JournalEntry =
      op === 'made' ? { op, ...about, ...(arn && { arn }) } : { op, ...about };
    await journal.append(claim);

    expect(await run.cleanUp(iot)).toMatchObject({
      isClean: true,
      removed: {},
      spared: [`certificate of fleet (${arn})`],
    });

    const found = await iot.send(new DescribeCertificateCommand({ certificateId }));
    expect(found.certificateDescription?.status).toBe('ACTIVE');
  },
);

it('a certificate of the run is known as such without its keys, as on another machine', async () => {
  const iot = await account();
  const run = new CloudRun(resourcePlan(text));
  await (await run.provisioner(iot)).provision(() => undefined);
  rmSync(run.store.folder, { recursive: true });

  expect(await run.cleanUp(iot)).toMatchObject({ isClean: true, removed: { certificate: 1 } });

  expect(await accountContent(iot)).toEqual(nothing);
});

it('of the event configuration nothing is put back but what a run switches on', async () => {
  const iot = await account();
  const on = { Enabled: true };
  await iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations: { THING: on } }));
  const run = new CloudRun(resourcePlan(text));
  await (await run.journal()).append({
    op: 'made',
    kind: 'event-configuration',
    name: 'jobs',
    former: { THING: false, JOB: true },
  });

  expect(await run.cleanUp(iot)).toMatchObject({ isClean: true });

  const { eventConfigurations } = await iot.send(new DescribeEventConfigurationsCommand({}));
  expect(eventConfigurations).toMatchObject({ THING: on, JOB: { Enabled: false } });
});

it('a journal that cannot be written keeps nothing in the account, and is told of', async () => {
  const iot = await account();
  const run = new CloudRun(resourcePlan(text));
  await (await run.provisioner(iot)).provision(() => undefined);
  const journal = await run.journal();
  await journal.close();
  const clock = new SteerableClock({ scale: 100 });

  const report = await cleanUp({ iot, journal, store: run.store, clock });
  clock.stop();

  expect(report).toMatchObject({ isClean: false, removed: { thing: 2, certificate: 1 } });
  expect(report.failed).toEqual([
    { what: journal.path, reason: expect.stringContaining('cannot write') },
  ]);
  expect(await accountContent(iot)).toEqual(nothing);
  expect(await run.cleanUp(iot)).toMatchObject({ isClean: true, failed: [] });
});
