import { Dialect } from '../../src/protocol/dialect.ts';
import { controlPlane, dataPlane } from '../../src/protocol/service-model.ts';
import type { Operation, PlaneModel } from '../../src/protocol/validation.ts';
import { cell } from './json-schema-table.ts';

/** What is taken and kept or checked, but changes nothing else. Keys are `Operation.member`. */
const acceptedOnly: Readonly<Record<string, string>> = {
  'CreateJob.destinationPackageVersions': 'checked and told back; no package shadow is updated',
  'CreateJobTemplate.destinationPackageVersions': 'checked and handed on to jobs',
  'CreateThing.thingTypeName': 'any name, told back; there are no thing types in the model',
  'UpdateThing.thingTypeName': 'any name, told back',
  'CreateThing.billingGroupName': 'any name, told back',
};

/** docs/coverage.md: every operation and member of AWS's model, and every reading of the dialect. */
export function coveragePage(): string {
  return `# What of AWS IoT Jobs is modelled

Generated from AWS's service model and the dialect; \`npx vitest run test/docs -u\` renews it.

The emulator *executes* jobs: it releases executions at the configured rate, runs timers, retries, schedules and
maintenance windows, evaluates abort criteria after every completion, and tells devices and operators what AWS would. It
is checked with the unmodified AWS SDK (control and data plane), AWS CLI, boto3, AWS IoT Device SDK v2 (MQTT 3.1.1 and 5,
plain and mutual TLS) and MQTT.js (TCP, TLS, WebSocket).

## Jobs engine

| area | modelled | not modelled |
| --- | --- | --- |
| jobs | SNAPSHOT and CONTINUOUS; all statuses; counters (retries counted, as AWS does), \`isConcurrent\`, \`processingTargets\`; create, update, cancel and force-cancel, delete and force-delete, associate targets; namespaces; limits of active and concurrent jobs; purge after 730 days | – |
| targets | things, nested groups, dynamic groups; joins, leaves and deleted things; \`REMOVED\` | – |
| rollout | constant and exponential rate, \`maximumPerMinute\` as cap, both increase criteria, at most the rate in any 60 s; change by UpdateJob on the way; pause at the limit of concurrent jobs | – |
| schedule | \`startTime\`, \`endTime\`, the three \`endBehavior\`s, maintenance windows with AWS's cron dialect, visibility of queued executions between windows | – |
| abort | all four failure types, several criteria in order, exact integer comparison; the trip point is recorded | – |
| timers | in-progress and step timers, −1, replacement, the cap of one by the other; lateness on request | – |
| retries | per failure type and ALL, at most 10, dropped on abort, cancel, delete and removal; wait for the next window | – |
| executions | every legal move and who may cause it; \`expectedVersion\`; statusDetails with AWS's limits; cancel and delete of single executions | – |
| documents | inline and from S3 (a local folder), presigned URLs made anew at every delivery and served with expiry, parameters of managed templates | \`\${aws:iot:package:…}\` stays as it is |
| notifications | \`notify\` and \`notify-next\`, plain and by namespace, from comparing the pending list before and after each change; 10 entries shown, 5 more of windowed jobs | – |
| events | job, execution, presence and subscription events | registry, certificate and policy events |

## MQTT broker and identity

| modelled | not modelled |
| --- | --- |
| MQTT 3.1, 3.1.1 and 5 over TCP, mutual TLS (ALPN, SNI) and WebSocket, with and without TLS; QoS 0 and 1, QoS 2 refused as AWS does; persistent sessions with expiry and paced replay; last will; retained messages; takeover; keep-alive clamps; wildcard and shared subscriptions; topic aliases, message expiry, flow control and reason codes of MQTT 5; AWS's structural limits (\`src/protocol/limits.ts\`); answers only to the requester, subscribed or not, in the same write as the PUBACK; quotas as a profile | throughput of 512 KB/s a connection; retained and session-resume rates; QoS 1 retry on a live connection (redelivery is on resume); Basic Ingest rules (accepted and dropped); custom authorizers beyond one that is written in a file (\`--authorizer\`, MQTT over TLS); the 24 h end of WebSocket connections |
| certificates from a local CA, from a CSR, or brought along; their status at any time, and their deletion; principals, policies with wildcards, variables and conditions (StringEquals, StringLike, Bool), evaluated on connect, publish, subscribe and receive in strict mode | registered CAs, just-in-time registration, transfers between accounts, policy versions, thing policies of Cognito identities |

Without strict mode any client may do anything and signatures are read, not verified; TLS is strict unless told otherwise.

## Operations

${operations('Control plane', controlPlane)}

${operations('Data plane', dataPlane)}

Every constraint of the model is checked, all violations are told in one answer, in AWS's words.

## Readings: where AWS is silent or contradicts itself

Each is one member of the dialect, under \`emulator.dialect\` in a scenario. The default is the reference's choice; no
test claims that AWS behaves so.

| member | default | what it decides |
| --- | --- | --- |
${readings()}

Choices without a switch, by row of the reference's register where it has one:

- C6: executionNumber counts 1, 2, 3 …, and is never reused while the job exists; a retry starts at version 1 without
  statusDetails. C13: a failed attempt and its retry are two commits with two notifications.
- C14: times of schedules are \`YYYY-MM-DD HH:MM[:SS]\`, ISO 8601 or epoch seconds, UTC without offset. C18:
  \`expectedVersion\` that does not match is 409 InvalidStateTransitionException on the HTTP data plane, 409
  VersionConflictException on CancelJobExecution. C24: more than 100 targets are LimitExceeded. C25: a malformed target
  is 400, a missing one 404.
- Rollout order is the order of \`targets\`, then thing name. Levels of an exponential rate never go down.
- Repeating CancelJob on a CANCELED job succeeds, and upgrades to force; \`forceCanceled\` is there only after force.
- A CONTINUOUS job gives a rejoining thing a new execution only when its last one was REMOVED.
- endTime inside an open window completes the job for every endBehavior; with STOP_ROLLOUT between windows the hidden
  executions become visible. A windowed job that starts at the concurrency limit is cancelled; later openings only pause.
- Dynamic group queries know \`attributes.<name>:<value>\`, \`thingName\`, \`thingTypeName\`, \`thingGroupNames\`,
  \`connectivity.connected\`, wildcards, AND, OR, NOT and parentheses, at most 5 terms; anything else is InvalidQuery.
- Certificates: the id is the SHA-256 of the DER. One from a CSR keeps the request's subject; without one it is
  \`CN=AWS IoT Certificate\`. One that is registered without a CA is INACTIVE unless a status is given. Any of ACTIVE, INACTIVE
  and REVOKED may follow any other; the other statuses of the model are InvalidRequest. \`forceDelete\` passes over attached
  policies, never over things or ACTIVE. \`customerVersion\` is always 1; generation ids are not told. Certificate status and
  detached policies count from a connection's next operation, and deleting needs no wait.
- \`recursive\` of ListAttachedPolicies adds the policies of the groups above a group. Lists with a marker have 50 entries a
  page unless told otherwise, ListCertificates AWS's 25.
- A custom authorizer's policies see the client id and address, but no thing; the presence events name the authorizer.
- Tags are for jobs, templates, groups and policies. Quotas count in simulated time.
- ARNs are of one account and region, whatever region a signature names.
`;
}

function operations(title: string, model: PlaneModel): string {
  const rows = Object.entries(model.operations).map(
    ([name, operation]) =>
      `| ${name} | \`${operation.method} ${operation.uri}\` | ${members(model, name, operation)} |`,
  );
  return [
    `### ${title}`,
    '',
    '| operation | route | request members modelled |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function members(model: PlaneModel, name: string, { input }: Operation): string {
  const all = Object.keys(model.shapes[input]?.members ?? {});
  const told = all.map((member) => {
    const note = acceptedOnly[`${name}.${member}`];
    return note === undefined ? member : `${member} (accepted: ${note})`;
  });
  return told.join(', ') || '–';
}

function readings(): string {
  return Object.entries(Dialect.parse({}))
    .map(([name, value]) => {
      const { description = '' } = Dialect.shape[name as keyof typeof Dialect.shape];
      return `| \`${name}\` | \`${value}\` | ${cell(description)} |`;
    })
    .join('\n');
}
