import { describe, expect, it } from 'vitest';
import { getJobDocument } from '../../../src/engine/job-queries.ts';
import { describeTemplate, listTemplates } from '../../../src/engine/template-queries.ts';
import type { CreateJobRequest, CreateTemplateRequest } from '../../../src/protocol/job-config.ts';
import { defaultAccount, formatArn } from '../../../src/protocol/names.ts';
import { EngineRig, groupArn } from '../../support/engine-rig.ts';

const templateArn = formatArn(defaultAccount, 'jobtemplate', 'base');
const managedArn = (name: string) => `arn:aws:iot:us-east-1::jobtemplate/${name}`;
const placeholder = (key: string) => `\${aws:iot:parameter:${key}}`;
const windows = [{ startTime: 'cron(0 10 * * ? *)', durationInMinutes: 60 }];
const rollout = { maximumPerMinute: 7 };
const timeout = { inProgressTimeoutInMinutes: 5 };
const packages = ['arn:aws:iot:us-east-1:123456789012:package/fw/version/1'];

const base: CreateTemplateRequest = {
  jobTemplateId: 'base',
  description: 'from the template',
  document: '{"op":"template"}',
  jobExecutionsRolloutConfig: rollout,
  timeoutConfig: timeout,
  maintenanceWindows: windows,
  destinationPackageVersions: packages,
};

function rigWithTemplate(): EngineRig {
  const rig = new EngineRig();
  rig.provision(['t1'], 'g');
  rig.must({ type: 'create-template', request: base });
  return rig;
}

const createTemplate = (rig: EngineRig, request: Partial<CreateTemplateRequest>) =>
  rig.send({ type: 'create-template', request: { ...base, ...request } });

/** The request has no document unless the test gives it one. */
const createJob = (rig: EngineRig, request: Partial<CreateJobRequest>) =>
  rig.send({
    type: 'create-job',
    request: { jobId: 'j', targets: [groupArn('g')], jobTemplateArn: templateArn, ...request },
  });

const documentOf = (rig: EngineRig, before?: boolean) => {
  const reply = getJobDocument(rig.view, 'j', before);
  return reply.ok ? reply.value.document : reply.rejection.code;
};

describe('create-template', () => {
  it('keeps all it was given', () => {
    const rig = rigWithTemplate();
    const { document, ...rest } = base;

    expect(describeTemplate(rig.view, 'base')).toEqual({
      ok: true,
      value: { jobTemplateArn: templateArn, ...rest, document, createdAt: rig.now },
    });
  });

  it('takes from a job what it does not say itself', () => {
    const rig = rigWithTemplate();
    createJob(rig, {
      targetSelection: 'CONTINUOUS',
      document: '{"op":"job"}',
      timeoutConfig: { inProgressTimeoutInMinutes: 9 },
    });
    const { document: _, maintenanceWindows: __, ...own } = base;
    rig.must({
      type: 'create-template',
      request: {
        jobTemplateId: 'copy',
        description: 'own',
        jobArn: formatArn(defaultAccount, 'job', 'j'),
        jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
      },
    });

    expect(describeTemplate(rig.view, 'copy')).toMatchObject({
      value: {
        description: 'own',
        document: '{"op":"job"}',
        timeoutConfig: { inProgressTimeoutInMinutes: 9 },
        jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
        maintenanceWindows: windows,
        destinationPackageVersions: own.destinationPackageVersions,
      },
    });
  });

  it.each([
    ['Conflict', {}],
    ['ResourceNotFound', { jobTemplateId: 'b', jobArn: formatArn(defaultAccount, 'job', 'no') }],
    ['InvalidRequest', { jobTemplateId: 'b', jobArn: groupArn('g') }],
  ])('is refused with %s', (code, request) => {
    expect(createTemplate(rigWithTemplate(), request)).toMatchObject({ rejection: { code } });
  });

  it('allows a hundred, listed by id', () => {
    const rig = rigWithTemplate();
    for (let index = 1; index < 100; index++) createTemplate(rig, { jobTemplateId: `t${index}` });

    expect(createTemplate(rig, { jobTemplateId: 'more' })).toMatchObject({
      rejection: { code: 'LimitExceeded' },
    });
    const page = listTemplates(rig.view, { limit: 2, after: 't1' });
    expect(page).toMatchObject({
      value: { jobTemplates: [{ jobTemplateId: 't10' }, { jobTemplateId: 't11' }] },
    });
  });
});

it('the URL a document was read from goes with it, from job to template to job', () => {
  const rig = rigWithTemplate();
  const documentSource = 'https://s3.us-east-1.amazonaws.com/bucket/key';
  const sourceOf = (jobId: string) => rig.view.jobs.get(jobId)?.documentSource;
  createJob(rig, { document: '{}', documentSource });

  rig.must({
    type: 'create-template',
    request: {
      jobTemplateId: 'copy',
      description: 'd',
      jobArn: formatArn(defaultAccount, 'job', 'j'),
    },
  });
  const jobTemplateArn = formatArn(defaultAccount, 'jobtemplate', 'copy');
  createJob(rig, { jobId: 'same', jobTemplateArn });
  createJob(rig, { jobId: 'own', jobTemplateArn, document: '{}' });

  expect(describeTemplate(rig.view, 'copy')).toMatchObject({ value: { documentSource } });
  expect([sourceOf('same'), sourceOf('own')]).toEqual([documentSource, undefined]);
});

it('delete-template leaves the jobs made from it', () => {
  const rig = rigWithTemplate();
  createJob(rig, {});

  rig.must({ type: 'delete-template', templateId: 'base' });

  expect(documentOf(rig)).toBe('{"op":"template"}');
  expect(rig.job('j').jobTemplateArn).toBe(templateArn);
  expect(rig.send({ type: 'delete-template', templateId: 'base' })).toMatchObject({
    rejection: { code: 'ResourceNotFound' },
  });
});

describe('a job from a template', () => {
  it('inherits description, document, settings and packages', () => {
    const rig = rigWithTemplate();

    expect(createJob(rig, {})).toMatchObject({ value: { description: 'from the template' } });

    expect(documentOf(rig)).toBe('{"op":"template"}');
    expect(rig.job('j')).toMatchObject({
      jobTemplateArn: templateArn,
      description: 'from the template',
      jobExecutionsRolloutConfig: rollout,
      timeoutConfig: timeout,
      destinationPackageVersions: packages,
    });
    expect(rig.execution('t1', 'j').job.document).toEqual({ op: 'template' });
  });

  it('goes its own way member by member, each as a whole', () => {
    const rig = rigWithTemplate();
    const own = {
      description: 'own',
      document: '{"op":"own"}',
      timeoutConfig: {},
      jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
      destinationPackageVersions: [],
    };

    createJob(rig, own);

    const { document, ...settings } = own;
    expect(documentOf(rig)).toBe(document);
    expect(rig.job('j')).toMatchObject(settings);
    expect(rig.job('j').timeoutConfig).toEqual({});
  });

  it.each([
    ['CONTINUOUS', {}, { maintenanceWindows: windows }],
    ['CONTINUOUS', { schedulingConfig: { maintenanceWindows: [] } }, { maintenanceWindows: [] }],
    ['SNAPSHOT', {}, undefined],
  ] as const)('%s with %o has the schedule %o', (targetSelection, extra, schedulingConfig) => {
    const rig = rigWithTemplate();

    expect(createJob(rig, { targetSelection, ...extra }).ok).toBe(true);

    expect(rig.view.jobs.get('j')?.schedulingConfig).toEqual(schedulingConfig);
  });

  it.each([
    ['ResourceNotFound', { jobTemplateArn: formatArn(defaultAccount, 'jobtemplate', 'ghost') }],
    ['ResourceNotFound', { jobTemplateArn: templateArn.replace('us-east-1', 'eu-west-1') }],
    ['ResourceNotFound', { jobTemplateArn: managedArn('AWS-Nonsense:1.0') }],
    ['ResourceNotFound', { jobTemplateArn: managedArn('AWS-Reboot:2.0') }],
    ['InvalidRequest', { jobTemplateArn: groupArn('g') }],
    ['InvalidRequest', { documentParameters: { a: 'b' } }],
    ['InvalidRequest', { jobTemplateArn: managedArn('AWS-Download-File:1.0') }],
    [
      'InvalidRequest',
      {
        jobTemplateArn: managedArn('AWS-Reboot:1.0'),
        documentParameters: { command: 'unknown to this one' },
      },
    ],
    [
      'InvalidRequest',
      {
        jobTemplateArn: managedArn('AWS-Reboot:1.0'),
        documentParameters: { runAsUser: 'x'.repeat(257) },
      },
    ],
    [
      'InvalidRequest',
      {
        jobTemplateArn: managedArn('AWS-Run-Command:1.0'),
        document: '{}',
        documentParameters: { command: 'with a document of its own' },
      },
    ],
    [
      'InvalidRequest',
      {
        jobTemplateArn: managedArn('AWS-Run-Command:1.0'),
        documentParameters: { command: '"'.repeat(30_000) },
      },
    ],
  ])('is refused with %s for %.120o', (code, request) => {
    const rig = rigWithTemplate();

    expect(createJob(rig, request)).toMatchObject({ rejection: { code } });
    expect(rig.view.jobs.size).toBe(0);
  });
});

describe('a job from a managed template', () => {
  it('has its parameters filled in, and keeps what the document was before', () => {
    const rig = rigWithTemplate();
    const documentParameters = { downloadUrl: 'https://example.com/"a"', filePath: '/tmp/a' };

    createJob(rig, { jobTemplateArn: managedArn('AWS-Download-File:1.0'), documentParameters });

    expect(JSON.parse(documentOf(rig))).toEqual({
      version: '1.0',
      steps: [
        {
          action: {
            name: 'Download-File',
            type: 'runHandler',
            input: {
              handler: 'download-file.sh',
              args: ['https://example.com/"a"', '/tmp/a'],
            },
          },
        },
      ],
    });
    expect(JSON.parse(documentOf(rig, true)).steps[0].action).toMatchObject({
      input: { path: placeholder('pathToHandler') },
      runAsUser: placeholder('runAsUser'),
    });
    expect(rig.job('j')).toMatchObject({
      description: 'A managed job template for downloading a file.',
      documentParameters,
    });
  });

  it('keeps optional members that are given', () => {
    const rig = rigWithTemplate();

    createJob(rig, {
      jobTemplateArn: managedArn('AWS-Reboot:1.0'),
      documentParameters: { runAsUser: 'root', pathToHandler: '/opt' },
    });

    expect(JSON.parse(documentOf(rig)).steps[0].action).toEqual({
      name: 'Reboot',
      type: 'runHandler',
      input: { handler: 'reboot.sh', path: '/opt' },
      runAsUser: 'root',
    });
  });

  it('of its own document is the same before and after', () => {
    const rig = rigWithTemplate();

    createJob(rig, { jobTemplateArn: managedArn('AWS-Reboot:1.0'), document: '{ }' });

    expect([documentOf(rig), documentOf(rig, true)]).toEqual(['{ }', '{ }']);
  });
});
