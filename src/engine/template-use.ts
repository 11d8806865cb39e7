import { checkParameters, substituteParameters } from '../protocol/document-parameters.ts';
import type { CreateJobRequest } from '../protocol/job-config.ts';
import { limits } from '../protocol/limits.ts';
import { findManagedTemplate, type ManagedTemplate } from '../protocol/managed-templates.ts';
import { parseArn } from '../protocol/names.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import { withMaintenanceWindows } from '../protocol/schedule.ts';
import type { JobTemplate } from './state.ts';
import { ownArn } from './targets.ts';
import { noTemplate } from './template-queries.ts';
import type { World } from './world.ts';

/** A CreateJob request as if its template had been written out in it. */
export interface WrittenOut {
  readonly request: CreateJobRequest;
  /** The document before its parameters were filled in; only from managed templates. */
  readonly documentBefore?: string;
}

/** Members of the request itself win, each as a whole (reference §7.1, jobTemplateArn). */
export function writeOutTemplate(world: World, request: CreateJobRequest): Reply<WrittenOut> {
  const { jobTemplateArn } = request;
  const managed = managedTemplateOf(world, jobTemplateArn);
  if (managed !== undefined && request.document === undefined) {
    return fillIn(managed, request);
  }
  if (request.documentParameters !== undefined) {
    return rejected(
      'InvalidRequest',
      'documentParameters need the document of a managed template.',
    );
  }
  if (jobTemplateArn === undefined) return accepted({ request });
  if (managed !== undefined) {
    return accepted({ request: { description: managed.description, ...request } });
  }
  const own = ownArn(world, jobTemplateArn, 'jobtemplate');
  if (own === undefined) return noTemplateArn(jobTemplateArn);
  const template = world.templates.get(own.name);
  return template === undefined
    ? noTemplate(own.name)
    : accepted({ request: withTemplate(template, request) });
}

/** `arn:aws:iot:<region>::jobtemplate/AWS-Reboot:1.0`: AWS's own have no account (reference §0.2). */
function managedTemplateOf(world: World, text: string | undefined): ManagedTemplate | undefined {
  const arn = parseArn(text ?? '');
  const { partition, region } = world.account;
  const isManaged =
    arn?.kind === 'jobtemplate' &&
    arn.accountId === '' &&
    arn.partition === partition &&
    arn.region === region;
  if (!isManaged) return undefined;
  const [name = '', version] = arn.name.split(':');
  return findManagedTemplate(name, version);
}

function fillIn(template: ManagedTemplate, request: CreateJobRequest): Reply<WrittenOut> {
  const { document, description } = template;
  const parameters = request.documentParameters ?? {};
  const check = checkParameters(template.documentParameters, parameters);
  if (!check.ok) return check;
  const filled = substituteParameters(document, parameters);
  if (Buffer.byteLength(filled) > limits.documentBytesMax) {
    return rejected(
      'InvalidRequest',
      `The document with its parameters is larger than ${limits.documentBytesMax} bytes.`,
    );
  }
  return accepted({
    request: { description, ...request, document: filled },
    documentBefore: document,
  });
}

function withTemplate(template: JobTemplate, request: CreateJobRequest): CreateJobRequest {
  const { documentText, documentSource, maintenanceWindows = [] } = template;
  const versions = template.destinationPackageVersions;
  const hasWindows = request.targetSelection === 'CONTINUOUS' && maintenanceWindows.length > 0;
  return {
    ...template.settings,
    description: template.description,
    ...(versions === undefined ? {} : { destinationPackageVersions: versions }),
    ...(request.document !== undefined ? {} : { document: documentText }),
    ...(request.document !== undefined || documentSource === undefined ? {} : { documentSource }),
    ...request,
    ...(hasWindows
      ? { schedulingConfig: withMaintenanceWindows(request.schedulingConfig, maintenanceWindows) }
      : {}),
  };
}

/** Another account's or AWS's: those are not to be found here; what is no template's ARN is wrong. */
function noTemplateArn(arn: string): Reply<never> {
  return parseArn(arn)?.kind === 'jobtemplate'
    ? rejected('ResourceNotFound', `Job template ${arn} not found.`)
    : rejected('InvalidRequest', `${arn} is not the ARN of a job template.`);
}
