import {
  describeManagedTemplate,
  describeTemplate,
  listManagedTemplates,
  listTemplates,
} from '../engine/template-queries.ts';
import {
  type CreateTemplateRequest,
  findCreateTemplateViolations,
} from '../protocol/job-config.ts';
import type { PlaneApi } from './http-api.ts';
import type { JobDocuments } from './job-documents.ts';
import { type PageInput, pageOf } from './page-token.ts';
import type { Service } from './service.ts';

/** Job templates, one's own and AWS's (reference §7.2). */
export function templateApi(
  service: Service,
  documents: Pick<JobDocuments, 'withSource'>,
): PlaneApi {
  return {
    handlers: {
      CreateJobTemplate: (input: CreateTemplateRequest) => {
        const sourced = documents.withSource(input);
        return sourced.ok
          ? service.call({ type: 'create-template', request: sourced.value })
          : sourced;
      },
      DescribeJobTemplate: ({ jobTemplateId }: { jobTemplateId: string }) =>
        describeTemplate(service.view, jobTemplateId),
      ListJobTemplates: (input: PageInput) => listTemplates(service.view, pageOf(input)),
      DeleteJobTemplate: ({ jobTemplateId }: { jobTemplateId: string }) =>
        service.call({ type: 'delete-template', templateId: jobTemplateId }),
      DescribeManagedJobTemplate: (input: { templateName: string; templateVersion?: string }) =>
        describeManagedTemplate(service.view, input.templateName, input.templateVersion),
      ListManagedJobTemplates: (input: { templateName?: string } & PageInput) =>
        listManagedTemplates(service.view, input.templateName, pageOf(input)),
    },
    violations: { CreateJobTemplate: findCreateTemplateViolations },
  };
}
