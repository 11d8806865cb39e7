import { z } from 'zod';

/** What a run prefixes all its names with; nothing without it is ever deleted. */
const prefixPattern = /^fr-[0-9a-f]{8}-$/;

export const JournalHeader = z.strictObject({
  v: z.literal(1),
  runId: z.string(),
  prefix: z.string().regex(prefixPattern),
  region: z.string().optional(),
  profile: z.string().optional(),
  /** Of the control plane, where it is not the region's own. */
  endpoint: z.string().optional(),
  /** Of the data plane, as AWS told it: each account and region has one of its own. */
  dataHost: z.string().optional(),
  /** ISO 8601, by the wall. */
  createdAt: z.string(),
  /** Of the process that runs it. */
  pid: z.int().optional(),
});
export type JournalHeader = z.output<typeof JournalHeader>;

export const JournalEntry = z.strictObject({
  op: z.enum(['intend', 'made', 'gone']),
  kind: z.enum([
    'group',
    'policy',
    'certificate',
    /** `made` only: how far back to look for certificates, as an ISO time by the service's clock. */
    'certificates-since',
    'thing',
    /** Of a certificate to the thing of that name. With an ARN the certificate was there before. */
    'attachment',
    /** `made` only: a certificate has a policy; both names, with a slash. */
    'policy-attachment',
    /** A thing has joined its group, or left it. */
    'membership',
    'job',
    'event-configuration',
    /** `made` only: from here on another process uses the resources; its id. */
    'process',
  ]),
  name: z.string(),
  arn: z.string().optional(),
  /** Of a certificate: SHA-256 of its public key, in hex. */
  key: z.string().optional(),
  /** Of a certificate: the thing that it is, or will be, attached to. */
  thing: z.string().optional(),
  /** Of a certificate: the call was made more than once, so there may be more than one. */
  repeated: z.literal(true).optional(),
  parent: z.string().optional(),
  /** Of the event configuration: which types were on and off before the run changed them. */
  former: z.record(z.string(), z.boolean()).optional(),
});
export type JournalEntry = z.output<typeof JournalEntry>;
