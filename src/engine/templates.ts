import type { Millis } from '../base/clock.ts';
import type { CreateTemplateRequest, JobSettings } from '../protocol/job-config.ts';
import { limits } from '../protocol/limits.ts';
import { formatArn } from '../protocol/names.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import type { CommandOf, TemplateRef } from './commands.ts';
import { noJob } from './lookup.ts';
import type { Job, JobTemplate } from './state.ts';
import { noTags, tagsFrom } from './tags.ts';
import { ownArn } from './targets.ts';
import { noTemplate } from './template-queries.ts';
import type { World } from './world.ts';

/** Reference §7.2. What the request does not say is taken from the job of its `jobArn`, if any. */
export function createTemplate(
  world: World,
  { request }: CommandOf<'create-template'>,
  now: Millis,
): Reply<TemplateRef> {
  const { jobTemplateId } = request;
  if (world.templates.has(jobTemplateId)) {
    return rejected('Conflict', `Job template ${jobTemplateId} already exists.`, {
      resourceId: jobTemplateId,
    });
  }
  const model = findModelJob(world, request.jobArn);
  if (!model.ok) return model;
  if (world.templates.size >= limits.jobTemplatesMax) {
    return rejected('LimitExceeded', `The limit is ${limits.jobTemplatesMax} job templates.`);
  }
  world.templates.set(jobTemplateId, newTemplate(request, model.value, now));
  const jobTemplateArn = formatArn(world.account, 'jobtemplate', jobTemplateId);
  return accepted({ jobTemplateArn, jobTemplateId });
}

/** Jobs made from it stay as they are (reference §7.2). */
export function deleteTemplate(
  world: World,
  { templateId }: CommandOf<'delete-template'>,
): Reply<undefined> {
  return world.templates.delete(templateId) ? accepted(undefined) : noTemplate(templateId);
}

function findModelJob(world: World, arn: string | undefined): Reply<Job | undefined> {
  if (arn === undefined) return accepted(undefined);
  const jobId = ownArn(world, arn, 'job')?.name;
  if (jobId === undefined) {
    return rejected('InvalidRequest', `${arn} is not the ARN of a job of this account and region.`);
  }
  const job = world.jobs.get(jobId);
  return job === undefined ? noJob(jobId) : accepted(job);
}

/** One of document and model job is there: the request has been checked for that. */
function newTemplate(
  request: CreateTemplateRequest,
  job: Job | undefined,
  now: Millis,
): JobTemplate {
  const hasOwnDocument = request.document !== undefined;
  return {
    templateId: request.jobTemplateId,
    description: request.description,
    documentText: request.document ?? job?.documentText ?? '',
    documentSource: hasOwnDocument ? request.documentSource : job?.documentSource,
    settings: { ...job?.settings, ...settingsOf(request) },
    maintenanceWindows: request.maintenanceWindows ?? job?.schedulingConfig?.maintenanceWindows,
    destinationPackageVersions:
      request.destinationPackageVersions ?? job?.destinationPackageVersions,
    createdAt: now,
    tags: tagsFrom(noTags, request.tags),
  };
}

function settingsOf(request: CreateTemplateRequest): JobSettings {
  const {
    jobTemplateId: _,
    jobArn: __,
    document: ___,
    documentSource: ____,
    maintenanceWindows: _____,
    destinationPackageVersions: ______,
    tags: _______,
    ...settings
  } = request;
  return settings;
}
