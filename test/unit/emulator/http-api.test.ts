import { describe, expect, it } from 'vitest';
import { type Handler, HttpApi, type HttpRequest } from '../../../src/emulator/http-api.ts';
import { RequestTally } from '../../../src/emulator/request-tally.ts';
import { accepted, rejected } from '../../../src/protocol/rejections.ts';

const requestId = '00000000-0000-4000-8000-000000000001';

function requestOf(method: string, target: string, body?: unknown): HttpRequest {
  const [path = '', query = ''] = target.split('?');
  return {
    method,
    path,
    query: new URLSearchParams(query),
    headers: {},
    body: Buffer.from(
      typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body),
    ),
    requestId,
  };
}

function apiWith(handlers: Record<string, Handler>): HttpApi {
  const plane = { handlers, violations: {} };
  return new HttpApi({ control: plane, data: plane }, new RequestTally());
}

/** Answers a request with the input its operation was given. */
function inputOf(operation: string, request: HttpRequest): unknown {
  let seen: unknown;
  void apiWith({
    [operation]: (input) => {
      seen = input;
      return accepted(undefined);
    },
  }).answer(request);
  return seen;
}

describe('decoding', () => {
  it.each<[string, string, HttpRequest, object]>([
    [
      'label, query and body',
      'CancelJobExecution',
      requestOf('PUT', '/things/a%3Ab/jobs/j/cancel?force=true', {
        expectedVersion: 3,
        statusDetails: { why: 'x' },
      }),
      {
        thingName: 'a:b',
        jobId: 'j',
        force: true,
        expectedVersion: 3,
        statusDetails: { why: 'x' },
      },
    ],
    [
      'a number in the path',
      'DeleteJobExecution',
      requestOf('DELETE', '/things/t/jobs/j/executionNumber/12?force=false'),
      { thingName: 't', jobId: 'j', executionNumber: 12, force: false },
    ],
    [
      'a header',
      'AttachThingPrincipal',
      { ...requestOf('PUT', '/things/t/principals'), headers: { 'x-amzn-principal': 'arn:x' } },
      { thingName: 't', principal: 'arn:x' },
    ],
    [
      'nulls and unknown members, which are dropped',
      'CancelJob',
      requestOf('PUT', '/jobs/j/cancel', { comment: null, colour: 'red', reasonCode: 'WHY' }),
      { jobId: 'j', reasonCode: 'WHY' },
    ],
    ['no body at all', 'CancelJob', requestOf('PUT', '/jobs/j/cancel'), { jobId: 'j' }],
    [
      'a body where none is read',
      'DescribeJob',
      requestOf('GET', '/jobs/j', '{broken'),
      { jobId: 'j' },
    ],
  ])('takes %s', (_, operation, request, input) => {
    expect(inputOf(operation, request)).toEqual(input);
  });

  it('keeps a map key named __proto__ as a plain entry', () => {
    const body = '{"attributePayload":{"attributes":{"__proto__":"x"}}}';

    const input = inputOf('CreateThing', requestOf('POST', '/things/t', body)) as {
      attributePayload: { attributes: object };
    };

    expect(Object.entries(input.attributePayload.attributes)).toEqual([['__proto__', 'x']]);
  });
});

describe('encoding', () => {
  it('turns milliseconds into seconds, leaves out what is unset and what is not modelled', async () => {
    const api = apiWith({
      DescribeJob: () =>
        accepted({
          job: {
            jobId: 'j',
            createdAt: 1_735_689_600_123.9,
            completedAt: undefined,
            jobProcessDetails: { numberOfFailedThings: 0 },
            secret: 1,
          },
        }),
    });

    const { status, body } = await api.answer(requestOf('GET', '/jobs/j'));

    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      job: {
        jobId: 'j',
        createdAt: 1_735_689_600.123,
        jobProcessDetails: { numberOfFailedThings: 0 },
      },
    });
  });

  it('answers {} where there is no output', async () => {
    const api = apiWith({ DeleteThing: () => accepted(undefined) });

    expect(await api.answer(requestOf('DELETE', '/things/t'))).toEqual({ status: 200, body: '{}' });
  });
});

describe('errors', () => {
  const api = apiWith({
    ListJobs: () => accepted({ jobs: [] }),
    CreateJob: () =>
      rejected('ResourceAlreadyExists', 'Job j already exists.', {
        resourceId: 'j',
        resourceArn: 'arn:aws:iot:us-east-1:123456789012:job/j',
      }),
    DeleteJobExecution: () => accepted(undefined),
    CreateThing: () => accepted(undefined),
    UpdateJobExecution: () =>
      rejected('VersionMismatch', 'Expected version 9 but found version 1', {
        executionState: { status: 'QUEUED', versionNumber: 1 },
      }),
  });

  it.each<[string, HttpRequest, number, string | undefined, object]>([
    [
      'all violations at once',
      requestOf('GET', '/jobs?maxResults=251&status=BROKEN'),
      400,
      'InvalidRequestException',
      {
        message:
          "2 validation errors detected: Value 'BROKEN' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [IN_PROGRESS, CANCELED, COMPLETED, DELETION_IN_PROGRESS, SCHEDULED]; Value '251' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 250",
      },
    ],
    [
      'a number that is none',
      requestOf('DELETE', '/things/t/jobs/j/executionNumber/two'),
      400,
      'InvalidRequestException',
      {
        message:
          "1 validation error detected: Value 'two' at 'executionNumber' failed to satisfy constraint: Member must be an integer",
      },
    ],
    [
      'a body that is no JSON',
      requestOf('POST', '/things/t', '{"a"'),
      400,
      'InvalidRequestException',
      { message: 'The request body is not a UTF-8 encoded JSON object.' },
    ],
    [
      'a body that is no object',
      requestOf('POST', '/things/t', '[]'),
      400,
      'InvalidRequestException',
      { message: 'The request body is not a UTF-8 encoded JSON object.' },
    ],
    [
      'a broken escape in the path',
      requestOf('GET', '/things/%zz'),
      400,
      'InvalidRequestException',
      { message: 'The path is not validly percent-encoded.' },
    ],
    [
      'an operation that is only modelled',
      requestOf('GET', '/managed-job-templates'),
      501,
      'InvalidRequestException',
      { message: 'ListManagedJobTemplates is not modelled yet.' },
    ],
    [
      'a rejection, with the resource it names',
      requestOf('PUT', '/jobs/j', { targets: ['arn:aws:iot:us-east-1:123456789012:thing/t'] }),
      409,
      'ResourceAlreadyExistsException',
      {
        message: 'Job j already exists.',
        resourceId: 'j',
        resourceArn: 'arn:aws:iot:us-east-1:123456789012:job/j',
      },
    ],
    [
      'a data-plane conflict, with the state it met',
      requestOf('POST', '/things/t/jobs/j', { status: 'SUCCEEDED' }),
      409,
      'InvalidStateTransitionException',
      {
        message: 'Expected version 9 but found version 1',
        executionState: { status: 'QUEUED', versionNumber: 1 },
      },
    ],
    ['no such route', requestOf('GET', '/nowhere'), 404, undefined, { message: 'Not Found' }],
  ])('tells %s', async (_, request, status, errorType, members) => {
    const answer = await api.answer(request);

    expect(answer.status).toBe(status);
    expect(answer.errorType).toBe(errorType);
    expect(JSON.parse(answer.body)).toEqual({ ...members, traceId: requestId });
  });
});

it('sends an unsigned request to the plane that has the route, and keeps a fixed port to its plane', async () => {
  const api = new HttpApi(
    {
      control: { handlers: { ListJobs: () => accepted({ jobs: [] }) }, violations: {} },
      data: { handlers: { StartNextPendingJobExecution: () => accepted({}) }, violations: {} },
    },
    new RequestTally(),
  );

  expect((await api.answer(requestOf('PUT', '/things/t/jobs/$next'))).status).toBe(200);
  expect((await api.answer(requestOf('GET', '/jobs'))).status).toBe(200);
  expect((await api.answer(requestOf('GET', '/jobs'), 'data')).status).toBe(404);
});
