import { z } from 'zod';

const port = z.int().min(1).max(65_535);
const host = z.string().min(1).describe('Host name or address.');

const Endpoint = z.strictObject({
  http: z.url({ protocol: /^https?$/ }).describe('Base URL of both HTTP planes.'),
  mqtt: z
    .strictObject({ host, port: port.default(1883).describe('Without TLS.') })
    .describe('Where the things connect.'),
  region: z.string().min(1).default('us-east-1').describe('Signed into the HTTP requests.'),
});

/** Secrets have no place in a scenario, which goes into the run folder: it names where they are. */
const Secret = z
  .string()
  .regex(/^\$[A-Za-z_][A-Za-z0-9_]*$/, 'must be $NAME: it is read from the environment')
  .optional();

const Authorizer = z.strictObject({
  name: z.string().min(1).describe('Of the custom authorizer.'),
  userName: z.string().optional().describe('User name of CONNECT, before its query string.'),
  password: Secret.describe('Password of CONNECT: $NAME of the environment.'),
  tokenKey: z.string().optional().describe('Name of the token, for an authorizer that signs.'),
  token: Secret.describe('The token: $NAME of the environment.'),
  signature: Secret.describe('Signature of the token, in base64: $NAME of the environment.'),
});

const Identity = z.strictObject({
  per: z
    .enum(['fleet', 'cohort', 'thing'])
    .default('fleet')
    .describe('Who shares one certificate.'),
  from: z
    .enum(['create', 'csr', 'files'])
    .default('create')
    .describe(
      'create: RSA keys, as AWS makes them. csr: P-256 keys, much faster to make. Both are made here, and AWS signs. files: they are there already, active and attached to a policy.',
    ),
  dir: z.string().optional().describe('Where the files are, relative to the scenario.'),
  certificate: z
    .string()
    .default('{name}.pem.crt')
    .describe('File of a certificate: {name} is the thing, the cohort, or fleet.'),
  key: z.string().default('{name}.pem.key').describe('File of its private key.'),
});

const Aws = z.strictObject({
  region: z.string().min(1).optional().describe('Else what the AWS SDK finds.'),
  profile: z.string().min(1).optional().describe('Of the AWS configuration files.'),
  endpoints: z
    .strictObject({
      iot: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('Of the control plane; else the one of the region.'),
      mqtt: z
        .strictObject({ host, port: port.optional().describe('Else by `connect`.') })
        .optional()
        .describe('Where things connect; else what DescribeEndpoint tells for iot:Data-ATS.'),
      events: z
        .strictObject({ host, port: port.optional().describe('Else 443.') })
        .optional()
        .describe(
          'Where job events are heard, over WebSocket with TLS; else on port 443 of where things connect.',
        ),
    })
    .prefault({})
    .describe('Overrides, for an emulator or a private endpoint.'),
  connect: z
    .enum(['mtls', 'mtls-443', 'websocket', 'custom'])
    .default('mtls')
    .describe(
      'mtls: certificate, port 8883. mtls-443: the same on port 443 by ALPN. websocket: signed with the credentials (SigV4). custom: a custom authorizer.',
    ),
  authorizer: Authorizer.optional().describe('With `connect: custom`.'),
  ca: z.string().optional().describe('PEM file of the authority to trust; else those of Node.'),
  identity: Identity.prefault({}).describe('Who the things are over mutual TLS.'),
  things: z
    .enum(['create', 'existing'])
    .default('create')
    .describe('existing: they are there, and are neither made nor changed nor deleted.'),
  group: z
    .enum(['create', 'existing'])
    .default('create')
    .describe('The same for the groups, and for who is in them.'),
  quotas: z
    .string()
    .optional()
    .describe('JSON file of the rates this account has, as of `emulate --quotas`; else AWS’s.'),
  prices: z.string().optional().describe('JSON file of prices; else the dated table built in.'),
  events: z
    .enum(['off', 'existing', 'enable'])
    .default('off')
    .describe(
      'Job events of the account: not used; used where they are on; switched on for the run and put back afterwards.',
    ),
  confirm: z.boolean().default(false).describe('Stands for --yes: creates without asking.'),
});

/** What a run talks to. */
export const Target = z
  .union([
    z.enum(['emulator', 'aws']),
    z
      .strictObject({
        endpoint: Endpoint.optional().describe('An emulator or look-alike that runs already.'),
        aws: Aws.optional().describe('AWS IoT Core (docs/aws.md).'),
      })
      .refine(
        ({ endpoint, aws }) => (endpoint === undefined) !== (aws === undefined),
        'takes exactly one of endpoint and aws',
      )
      .meta({ minProperties: 1, maxProperties: 1 }),
  ])
  .default('emulator')
  .describe(
    'Our own emulator, started for the run; one that runs already; or AWS IoT Core, where `aws` alone stands for { aws: {} }.',
  );

export const defaultAwsSettings = Aws.parse({});

export type AwsSettings = z.output<typeof Aws>;

/** Hard caps: what would go past one is refused before it begins, or ends the run. */
export const Limits = z.strictObject({
  things: z.int().min(1).optional().describe('Things in all, late joiners included.'),
  minutes: z.number().positive().optional().describe('Wall time from the first connect.'),
  messages: z
    .int()
    .min(1)
    .optional()
    .describe('MQTT messages of the things, both ways, as far as they are counted.'),
});
