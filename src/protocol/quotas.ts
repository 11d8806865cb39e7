import { z } from 'zod';
import { AppError, type ErrorCode, messageOf } from '../base/errors.ts';
import { limits } from './limits.ts';

/**
 * AWS's rates of the control plane in a large region, each per account (reference §9.6); 10 where it
 * names none. Requests per second.
 */
export const awsControlQuotas = {
  CreateJob: 10,
  DescribeJob: 10,
  ListJobs: 10,
  UpdateJob: 10,
  CancelJob: 10,
  DeleteJob: 10,
  AssociateTargetsWithJob: 10,
  GetJobDocument: 10,
  CancelJobExecution: 10,
  DeleteJobExecution: 10,
  DescribeJobExecution: 10,
  ListJobExecutionsForJob: 10,
  ListJobExecutionsForThing: 10,
  CreateJobTemplate: 10,
  DescribeJobTemplate: 10,
  ListJobTemplates: 10,
  DeleteJobTemplate: 10,
  DescribeManagedJobTemplate: 10,
  ListManagedJobTemplates: 10,
  TagResource: 10,
  UntagResource: 10,
  ListTagsForResource: 10,
  DescribeEndpoint: 10,
  CreateThing: 100,
  DescribeThing: 350,
  ListThings: 10,
  UpdateThing: 100,
  DeleteThing: 100,
  CreateThingGroup: 25,
  DescribeThingGroup: 10,
  UpdateThingGroup: 10,
  ListThingGroups: 10,
  DeleteThingGroup: 10,
  AddThingToThingGroup: 60,
  RemoveThingFromThingGroup: 10,
  UpdateThingGroupsForThing: 10,
  ListThingsInThingGroup: 10,
  ListThingGroupsForThing: 100,
  CreateDynamicThingGroup: 5,
  UpdateDynamicThingGroup: 5,
  DeleteDynamicThingGroup: 5,
  DescribeEventConfigurations: 10,
  UpdateEventConfigurations: 10,
  CreateKeysAndCertificate: 10,
  AttachThingPrincipal: 15,
  DetachThingPrincipal: 15,
  ListThingPrincipals: 10,
  AttachPolicy: 15,
  DetachPolicy: 15,
  CreatePolicy: 10,
  GetPolicy: 10,
  DeletePolicy: 10,
  ListPolicies: 10,
  ListAttachedPolicies: 10,
  ListTargetsForPolicy: 10,
  CreateCertificateFromCsr: 10,
  RegisterCertificateWithoutCA: 10,
  DescribeCertificate: 10,
  ListCertificates: 10,
  UpdateCertificate: 10,
  DeleteCertificate: 10,
  ListPrincipalThings: 10,
} as const;

export type ControlOperation = keyof typeof awsControlQuotas;

/** The other rates by name: the data plane over HTTP and MQTT together, and the broker (reference §9.5). */
const awsRates = {
  dataReads: 200,
  dataWrites: 200,
  /** 3,000 in large regions; 500 makes a thundering herd show (reference §9.5, CHOICE). */
  connects: 500,
  connectsPerClient: 1,
  subscribes: 3000,
  publishesIn: 20_000,
  publishesOut: 20_000,
  publishesPerConnection: limits.publishesPerSecondMax,
} as const;

const Rate = z
  .union([z.number().positive(), z.literal('off')])
  .describe('Per simulated second, or off.');

const controlOperations = Object.keys(awsControlQuotas) as ControlOperation[];

/** A quota file. What it does not name is off, or as AWS has it with `"extends": "aws"`. */
const QuotaFile = z.strictObject({
  extends: z.literal('aws').optional().describe('Start from AWS’s quotas.'),
  control: z
    .partialRecord(z.enum(controlOperations), Rate)
    .default({})
    .describe('By operation of the control plane.'),
  dataReads: Rate.optional().describe('DescribeJobExecution and GetPendingJobExecutions.'),
  dataWrites: Rate.optional().describe('UpdateJobExecution and StartNextPendingJobExecution.'),
  connects: Rate.optional().describe('CONNECT of all clients.'),
  connectsPerClient: Rate.optional().describe('CONNECT of one client id.'),
  subscribes: Rate.optional().describe('SUBSCRIBE of all clients.'),
  publishesIn: Rate.optional().describe('PUBLISH from all clients.'),
  publishesOut: Rate.optional().describe('PUBLISH to all clients.'),
  publishesPerConnection: Rate.optional().describe('PUBLISH from and to one connection.'),
});
type QuotaFile = z.output<typeof QuotaFile>;

type RateName = keyof typeof awsRates;

/**
 * Rates per second of simulated time: AWS counts per second of service time, and simulated time is
 * the service's. What is not named is not limited.
 */
export interface Quotas {
  readonly control: Readonly<Partial<Record<ControlOperation, number>>>;
  readonly rates: Readonly<Partial<Record<RateName, number>>>;
}

export const awsQuotas: Quotas = { control: awsControlQuotas, rates: awsRates };

function quotasOf({ extends: base, control, ...rates }: QuotaFile): Quotas {
  const { control: baseControl, rates: baseRates } =
    base === 'aws' ? awsQuotas : { control: {}, rates: {} };
  return {
    control: numbers({ ...baseControl, ...control }),
    rates: numbers({ ...baseRates, ...rates }),
  };
}

export interface QuotaSource {
  readonly path: string;
  readonly readText: (path: string) => string;
  /** What kind of mistake a file with a mistake is. */
  readonly code: ErrorCode;
  /** Where such a file is named. */
  readonly hint: string;
}

/** Quotas of a JSON file. Throws AppError that names everything wrong in it. */
export function readQuotas({ path, readText, code, hint }: QuotaSource): Quotas {
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (cause) {
    const message = `cannot read quotas from ${path}: ${messageOf(cause)}`;
    throw new AppError(code, message, { hint, cause });
  }
  const parsed = QuotaFile.safeParse(value);
  if (parsed.success) return quotasOf(parsed.data);
  throw new AppError(code, `${path} is no quota file:\n${z.prettifyError(parsed.error)}`, {
    hint: 'name rates per second, such as {"extends":"aws","control":{"CreateJob":50}}',
  });
}

function numbers(rates: Readonly<Record<string, number | 'off' | undefined>>) {
  return Object.fromEntries(
    Object.entries(rates).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    ),
  );
}
