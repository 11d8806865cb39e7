import type { Millis } from '../base/clock.ts';
import type { JobSettings } from '../protocol/job-config.ts';
import {
  type DocumentParameter,
  findManagedTemplate,
  type ManagedTemplate,
  managedTemplateArn,
  managedTemplates,
} from '../protocol/managed-templates.ts';
import { formatArn } from '../protocol/names.ts';
import { accepted, type Reply, rejected } from '../protocol/rejections.ts';
import type { MaintenanceWindow } from '../protocol/schedule.ts';
import { type PageRequest, sortedAfter, takePage } from './paging.ts';
import type { EngineView, JobTemplate } from './state.ts';

/** One entry of ListJobTemplates. Times in milliseconds. */
export interface TemplateSummary {
  readonly jobTemplateArn: string;
  readonly jobTemplateId: string;
  readonly description: string;
  readonly createdAt: Millis;
}

/** DescribeJobTemplate. */
export interface TemplateDescription extends TemplateSummary, Omit<JobSettings, 'description'> {
  readonly documentSource?: string;
  readonly document: string;
  readonly maintenanceWindows?: readonly MaintenanceWindow[];
  readonly destinationPackageVersions?: readonly string[];
}

/** One entry of ListManagedJobTemplates. */
export interface ManagedSummary {
  readonly templateArn: string;
  readonly templateName: string;
  readonly description: string;
  readonly environments: readonly string[];
  readonly templateVersion: string;
}

/** DescribeManagedJobTemplate. */
export interface ManagedDescription extends ManagedSummary {
  readonly documentParameters: readonly DocumentParameter[];
  readonly document: string;
}

export function describeTemplate(view: EngineView, templateId: string): Reply<TemplateDescription> {
  const template = view.templates.get(templateId);
  if (template === undefined) return noTemplate(templateId);
  const { documentSource, maintenanceWindows, destinationPackageVersions } = template;
  return accepted({
    ...template.settings,
    ...summaryOf(view, template),
    ...(documentSource === undefined ? {} : { documentSource }),
    document: template.documentText,
    ...(maintenanceWindows === undefined ? {} : { maintenanceWindows }),
    ...(destinationPackageVersions === undefined ? {} : { destinationPackageVersions }),
  });
}

/** By id. */
export function listTemplates(
  view: EngineView,
  page: PageRequest,
): Reply<{ readonly jobTemplates: readonly TemplateSummary[]; readonly nextToken?: string }> {
  const { items, ...rest } = takePage(
    view.templates.sortedFrom(({ templateId }) => templateId > (page.after ?? '')),
    page.limit,
    () => true,
    (template) => summaryOf(view, template),
    ({ templateId }) => templateId,
  );
  return accepted({ jobTemplates: items, ...rest });
}

/** Without a version: the latest. */
export function describeManagedTemplate(
  view: EngineView,
  name: string,
  version: string | undefined,
): Reply<ManagedDescription> {
  const template = findManagedTemplate(name, version);
  if (template === undefined) return noManagedTemplate(name, version);
  const { documentParameters, document } = template;
  return accepted({ ...managedSummaryOf(view, template), documentParameters, document });
}

/** By name. */
export function listManagedTemplates(
  view: EngineView,
  templateName: string | undefined,
  page: PageRequest,
): Reply<{
  readonly managedJobTemplates: readonly ManagedSummary[];
  readonly nextToken?: string;
}> {
  if (templateName !== undefined && findManagedTemplate(templateName) === undefined) {
    return noManagedTemplate(templateName);
  }
  const { items, ...rest } = takePage(
    sortedAfter(managedTemplates, (each) => each.templateName > (page.after ?? '')),
    page.limit,
    (each) => templateName === undefined || each.templateName === templateName,
    (each) => managedSummaryOf(view, each),
    (each) => each.templateName,
  );
  return accepted({ managedJobTemplates: items, ...rest });
}

export function noTemplate(templateId: string) {
  return rejected('ResourceNotFound', `Job template ${templateId} not found.`);
}

function noManagedTemplate(name: string, version?: string) {
  const which = version === undefined ? '' : ` with version ${version}`;
  return rejected('ResourceNotFound', `Managed job template ${name}${which} not found.`);
}

function summaryOf(view: EngineView, template: JobTemplate): TemplateSummary {
  const { templateId, description, createdAt } = template;
  return {
    jobTemplateArn: formatArn(view.account, 'jobtemplate', templateId),
    jobTemplateId: templateId,
    description,
    createdAt,
  };
}

function managedSummaryOf({ account }: EngineView, template: ManagedTemplate): ManagedSummary {
  const { templateName, templateVersion, description, environments } = template;
  return {
    templateArn: managedTemplateArn(account, template),
    templateName,
    description,
    environments,
    templateVersion,
  };
}
