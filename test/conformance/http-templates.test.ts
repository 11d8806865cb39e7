import {
  CreateDynamicThingGroupCommand,
  CreateJobCommand,
  type CreateJobCommandInput,
  CreateJobTemplateCommand,
  type CreateJobTemplateCommandInput,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeleteJobTemplateCommand,
  DescribeJobCommand,
  DescribeJobTemplateCommand,
  DescribeManagedJobTemplateCommand,
  GetJobDocumentCommand,
  type IoTClient,
  ListJobTemplatesCommand,
  ListManagedJobTemplatesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-iot';
import { beforeEach, describe, expect, it } from 'vitest';
import { controlClient, startTestEmulator, testTimeAt } from '../support/emulator.ts';
import { errorOf, failure } from '../support/sdk-errors.ts';

const arn = (kind: string, name: string) => `arn:aws:iot:us-east-1:123456789012:${kind}/${name}`;
const managedArn = (name: string) => `arn:aws:iot:us-east-1::jobtemplate/${name}`;
const templateArn = arn('jobtemplate', 'base');
const packages = [arn('package', 'fw/version/1')];

let iot: IoTClient;

beforeEach(async () => {
  iot = controlClient(await startTestEmulator());
  await iot.send(new CreateThingCommand({ thingName: 'pump' }));
});

const createTemplate = (overrides: Partial<CreateJobTemplateCommandInput> = {}) =>
  iot.send(
    new CreateJobTemplateCommand({
      jobTemplateId: 'base',
      description: 'nightly',
      document: '{ "op": "update" }',
      ...overrides,
    }),
  );

const createJob = (overrides: Partial<CreateJobCommandInput> = {}) =>
  iot.send(new CreateJobCommand({ jobId: 'fw', targets: [arn('thing', 'pump')], ...overrides }));

describe('job templates', () => {
  const settings = {
    presignedUrlConfig: { roleArn: 'arn:aws:iam::123456789012:role/s3', expiresInSec: 60 },
    jobExecutionsRolloutConfig: { maximumPerMinute: 7 },
    abortConfig: {
      criteriaList: [
        {
          failureType: 'ALL' as const,
          action: 'CANCEL' as const,
          thresholdPercentage: 12.5,
          minNumberOfExecutedThings: 3,
        },
      ],
    },
    timeoutConfig: { inProgressTimeoutInMinutes: 5 },
    jobExecutionsRetryConfig: {
      criteriaList: [{ failureType: 'FAILED' as const, numberOfRetries: 2 }],
    },
    destinationPackageVersions: packages,
  };
  const maintenanceWindows = [{ startTime: 'cron(0 10 * * ? *)', durationInMinutes: 60 }];

  it('are created, described, listed and deleted', async () => {
    const created = await createTemplate({ ...settings, maintenanceWindows });
    await createTemplate({ jobTemplateId: 'another' });

    const jobTemplateId = 'base';
    const described = await iot.send(new DescribeJobTemplateCommand({ jobTemplateId }));
    const first = await iot.send(new ListJobTemplatesCommand({ maxResults: 1 }));
    const { nextToken } = first;
    const second = await iot.send(new ListJobTemplatesCommand({ maxResults: 1, nextToken }));
    const deleted = await iot.send(new DeleteJobTemplateCommand({ jobTemplateId }));

    expect(created).toMatchObject({ jobTemplateArn: templateArn, jobTemplateId: 'base' });
    const summary = {
      jobTemplateArn: templateArn,
      jobTemplateId: 'base',
      description: 'nightly',
      createdAt: new Date(testTimeAt),
    };
    expect(described).toMatchObject({
      ...summary,
      document: '{ "op": "update" }',
      ...settings,
      maintenanceWindows,
    });
    expect(first.jobTemplates).toMatchObject([{ jobTemplateId: 'another' }]);
    expect(second).toMatchObject({ jobTemplates: [summary] });
    expect(second.nextToken).toBeUndefined();
    expect(deleted.$metadata.httpStatusCode).toBe(200);
    expect((await iot.send(new ListJobTemplatesCommand({}))).jobTemplates).toHaveLength(1);
  });

  it('lend jobs what these do not say themselves', async () => {
    await createTemplate({ ...settings, maintenanceWindows });

    const created = await createJob({ jobTemplateArn: templateArn, timeoutConfig: {} });
    const { job } = await iot.send(new DescribeJobCommand({ jobId: 'fw' }));
    const { document } = await iot.send(new GetJobDocumentCommand({ jobId: 'fw' }));

    expect(created.description).toBe('nightly');
    expect(document).toBe('{ "op": "update" }');
    expect(job).toMatchObject({
      ...settings,
      timeoutConfig: {},
      jobTemplateArn: templateArn,
      description: 'nightly',
    });
    expect(job).not.toHaveProperty('schedulingConfig');
  });

  it('are made from jobs', async () => {
    await createJob({ document: '{"op":"job"}', ...settings });

    await createTemplate({ jobArn: arn('job', 'fw'), document: undefined, timeoutConfig: {} });

    const jobTemplateId = 'base';
    expect(await iot.send(new DescribeJobTemplateCommand({ jobTemplateId }))).toMatchObject({
      ...settings,
      document: '{"op":"job"}',
      timeoutConfig: {},
    });
  });

  it('are refused in the terms of the service', async () => {
    await createTemplate();
    const missing = failure('ResourceNotFoundException', 404);
    const invalid = failure('InvalidRequestException', 400);
    const jobTemplateId = 'ghost';

    expect(await errorOf(createTemplate())).toEqual({
      name: 'ConflictException',
      status: 409,
      message: 'Job template base already exists.',
      resourceId: 'base',
    });
    const other = { jobTemplateId: 'other' };
    const refused = (overrides: Partial<CreateJobTemplateCommandInput>) =>
      errorOf(createTemplate({ ...other, ...overrides }));
    expect(await refused({ jobArn: arn('job', 'ghost') })).toEqual(missing);
    expect(await refused({ document: undefined })).toEqual(
      failure(
        'InvalidRequestException',
        400,
        "1 validation error detected: Value null at 'document' failed to satisfy constraint: Member must not be null",
      ),
    );
    expect(await refused({ document: 'no JSON' })).toEqual(invalid);
    expect(await refused({ jobTemplateId: 'a b' })).toEqual(invalid);
    expect(await refused({ timeoutConfig: { inProgressTimeoutInMinutes: 10_081 } })).toEqual(
      invalid,
    );
    expect(
      await refused({ maintenanceWindows: [{ startTime: 'noon', durationInMinutes: 60 }] }),
    ).toEqual(invalid);
    expect(await refused({ destinationPackageVersions: Array(26).fill(packages[0]) })).toEqual(
      invalid,
    );
    for (let index = 1; index < 100; index++) await createTemplate({ jobTemplateId: `t${index}` });
    expect(await refused({})).toEqual(failure('LimitExceededException', 410));

    expect(await errorOf(iot.send(new DescribeJobTemplateCommand({ jobTemplateId })))).toEqual(
      missing,
    );
    expect(await errorOf(iot.send(new DeleteJobTemplateCommand({ jobTemplateId })))).toEqual(
      missing,
    );
    expect(await errorOf(createJob({ jobTemplateArn: arn('jobtemplate', jobTemplateId) }))).toEqual(
      missing,
    );
  });
});

describe('managed templates', () => {
  it('are listed, all of them, or one by name', async () => {
    const { managedJobTemplates } = await iot.send(new ListManagedJobTemplatesCommand({}));

    expect(managedJobTemplates?.map(({ templateName }) => templateName)).toEqual([
      'AWS-Download-File',
      'AWS-Install-Application',
      'AWS-Reboot',
      'AWS-Remove-Application',
      'AWS-Restart-Application',
      'AWS-Run-Command',
      'AWS-Start-Application',
      'AWS-Stop-Application',
    ]);
    const templateName = 'AWS-Reboot';
    const one = await iot.send(new ListManagedJobTemplatesCommand({ templateName }));
    expect(one.managedJobTemplates).toEqual([
      {
        templateArn: managedArn('AWS-Reboot:1.0'),
        templateName,
        templateVersion: '1.0',
        environments: ['LINUX'],
        description: 'A managed job template for rebooting the device.',
      },
    ]);
  });

  it.each([
    ['AWS-Download-File', ['downloadUrl', 'filePath']],
    ['AWS-Install-Application', ['packages']],
    ['AWS-Reboot', []],
    ['AWS-Remove-Application', ['packages']],
    ['AWS-Restart-Application', ['services']],
    ['AWS-Run-Command', ['command']],
    ['AWS-Start-Application', ['services']],
    ['AWS-Stop-Application', ['services']],
  ])('%s needs %j, and makes a job of them', async (templateName, required) => {
    const template = await iot.send(
      new DescribeManagedJobTemplateCommand({ templateName, templateVersion: '1.0' }),
    );
    const parameters = template.documentParameters ?? [];
    const needed = parameters.filter(({ optional }) => optional === false);
    const documentParameters = Object.fromEntries(
      needed.map(({ key = '', example = '' }) => [key, example]),
    );
    await createJob({
      jobTemplateArn: template.templateArn,
      ...(required.length === 0 ? {} : { documentParameters }),
    });
    const { document = '' } = await iot.send(new GetJobDocumentCommand({ jobId: 'fw' }));
    const before = await iot.send(
      new GetJobDocumentCommand({ jobId: 'fw', beforeSubstitution: true }),
    );

    expect(needed.map(({ key }) => key)).toEqual(required);
    expect(parameters.filter(({ optional }) => optional).map(({ key }) => key)).toEqual([
      'runAsUser',
      'pathToHandler',
    ]);
    expect(document).not.toContain('${aws:iot:parameter:');
    for (const { example } of needed) expect(document).toContain(JSON.stringify(example));
    expect(before.document).toBe(template.document);
    for (const key of required) expect(before.document).toContain(`\${aws:iot:parameter:${key}}`);
  });

  it('give the parameters of a job back', async () => {
    const documentParameters = { command: 'echo,hello', runAsUser: 'root' };
    await createJob({ jobTemplateArn: managedArn('AWS-Run-Command:1.0'), documentParameters });

    const { job } = await iot.send(new DescribeJobCommand({ jobId: 'fw' }));

    expect(job).toMatchObject({
      documentParameters,
      jobTemplateArn: managedArn('AWS-Run-Command:1.0'),
      description: 'A managed job template for running a shell command.',
    });
  });

  it('are refused in the terms of the service', async () => {
    const missing = failure('ResourceNotFoundException', 404);
    const invalid = failure('InvalidRequestException', 400);
    const describe = (templateName: string, templateVersion?: string) =>
      errorOf(iot.send(new DescribeManagedJobTemplateCommand({ templateName, templateVersion })));
    const templateName = 'AWS-Nonsense';

    expect(await describe(templateName)).toEqual(missing);
    expect(await describe('AWS-Reboot', '9.9')).toEqual(missing);
    expect(await describe('AWS-Reboot', 'latest')).toEqual(invalid);
    expect(await errorOf(iot.send(new ListManagedJobTemplatesCommand({ templateName })))).toEqual(
      missing,
    );
    const jobTemplateArn = managedArn('AWS-Run-Command:1.0');
    expect(await errorOf(createJob({ jobTemplateArn }))).toEqual(
      failure('InvalidRequestException', 400, 'Document parameter command must be given.'),
    );
    expect(
      await errorOf(createJob({ document: '{}', documentParameters: { command: 'ls' } })),
    ).toEqual(invalid);
  });
});

describe('tags', () => {
  const tags = [{ Key: 'team', Value: 'hydraulics' }];
  const tagsOf = async (resourceArn: string) =>
    (await iot.send(new ListTagsForResourceCommand({ resourceArn }))).tags;

  it.each([
    ['jobs', arn('job', 'fw'), () => createJob({ document: '{}', tags })],
    ['templates', templateArn, () => createTemplate({ tags })],
    [
      'groups',
      arn('thinggroup', 'g'),
      () => iot.send(new CreateThingGroupCommand({ thingGroupName: 'g', tags })),
    ],
    [
      'dynamic groups',
      arn('thinggroup', 'g'),
      () =>
        iot.send(
          new CreateDynamicThingGroupCommand({ thingGroupName: 'g', queryString: '*', tags }),
        ),
    ],
  ])('of %s are set, listed and taken away', async (_kind, resourceArn, create) => {
    await create();

    expect(await tagsOf(resourceArn)).toEqual(tags);
    await iot.send(
      new TagResourceCommand({
        resourceArn,
        tags: [{ Key: 'team', Value: 'pneumatics' }, { Key: 'kept' }],
      }),
    );
    await iot.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team', 'ghost'] }));

    expect(await tagsOf(resourceArn)).toEqual([{ Key: 'kept', Value: '' }]);
  });

  it('are refused in the terms of the service', async () => {
    await createJob({ document: '{}' });
    const missing = failure('ResourceNotFoundException', 404);
    const invalid = failure('InvalidRequestException', 400);
    const tag = (resourceArn: string, list: { Key: string; Value?: string }[] = tags) =>
      errorOf(iot.send(new TagResourceCommand({ resourceArn, tags: list })));
    const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    const ghost = arn('job', 'ghost');
    const fw = arn('job', 'fw');

    expect(await tag(ghost)).toEqual(missing);
    expect(
      await errorOf(iot.send(new UntagResourceCommand({ resourceArn: ghost, tagKeys: ['a'] }))),
    ).toEqual(missing);
    expect(await errorOf(tagsOf(ghost))).toEqual(missing);
    expect(await tag(arn('thing', 'pump'))).toEqual(invalid);
    expect(await tag(fw, many)).toEqual(failure('LimitExceededException', 410));
    expect(await tag(fw, [{ Key: '' }])).toEqual(invalid);
    expect(await tag(fw, [{ Key: 'a!' }])).toEqual(invalid);
    expect(await tag(fw, [{ Key: 'a', Value: 'b!' }])).toEqual(invalid);
    expect(await tag(fw, [...tags, ...tags])).toEqual(invalid);
    expect(await errorOf(createJob({ jobId: 'other', document: '{}', tags: many }))).toEqual(
      invalid,
    );
    expect(
      await errorOf(
        iot.send(new CreateThingGroupCommand({ thingGroupName: 'g', tags: [{ Key: 'a!' }] })),
      ),
    ).toEqual(invalid);
  });
});
