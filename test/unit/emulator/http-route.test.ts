import { describe, expect, it } from 'vitest';
import { matchRoute, type Plane, planeModels, planeOf } from '../../../src/emulator/http-route.ts';

const signed = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

describe('matchRoute', () => {
  it.each<[Plane, string, string, string, Record<string, string>]>([
    ['control', 'GET', '/jobs', 'ListJobs', {}],
    ['control', 'PUT', '/jobs/fw-1', 'CreateJob', { jobId: 'fw-1' }],
    ['control', 'PUT', '/jobs/fw-1/cancel', 'CancelJob', { jobId: 'fw-1' }],
    ['control', 'GET', '/things/a%3Ab', 'DescribeThing', { thingName: 'a:b' }],
    ['control', 'GET', '/things/jobs', 'DescribeThing', { thingName: 'jobs' }],
    ['control', 'GET', '/things/t/jobs', 'ListJobExecutionsForThing', { thingName: 't' }],
    ['data', 'GET', '/things/t/jobs', 'GetPendingJobExecutions', { thingName: 't' }],
    ['data', 'PUT', '/things/t/jobs/%24next', 'StartNextPendingJobExecution', { thingName: 't' }],
    ['data', 'PUT', '/things/t/jobs/$next', 'StartNextPendingJobExecution', { thingName: 't' }],
    [
      'data',
      'GET',
      '/things/t/jobs/%24next',
      'DescribeJobExecution',
      { thingName: 't', jobId: '$next' },
    ],
    ['control', 'PUT', '/thing-groups/addThingToThingGroup', 'AddThingToThingGroup', {}],
    [
      'control',
      'POST',
      '/thing-groups/addThingToThingGroup',
      'CreateThingGroup',
      { thingGroupName: 'addThingToThingGroup' },
    ],
    [
      'control',
      'DELETE',
      '/things/t/jobs/j/executionNumber/2',
      'DeleteJobExecution',
      { thingName: 't', jobId: 'j', executionNumber: '2' },
    ],
  ])('%s %s %s is %s', (plane, method, path, name, labels) => {
    const found = matchRoute(plane, method, path);

    expect(found?.route.name).toBe(name);
    expect(found?.labels).toEqual(labels);
  });

  it.each<[Plane, string, string]>([
    ['control', 'GET', '/'],
    ['control', 'GET', '/jobs/'],
    ['control', 'POST', '/jobs'],
    ['control', 'GET', '/jobs/j/nothing'],
    ['control', 'PUT', '/things/t/jobs/$next'],
    ['data', 'GET', '/jobs'],
  ])('%s %s %s is no operation', (plane, method, path) => {
    expect(matchRoute(plane, method, path)).toBeUndefined();
  });

  it('finds every operation of both planes by its own pattern', () => {
    for (const plane of ['control', 'data'] as const) {
      for (const [name, { method, uri }] of Object.entries(planeModels[plane].operations)) {
        const path = uri.replaceAll(/\{\w+\}/g, 'x1');

        expect(matchRoute(plane, method, path)?.route.name, `${method} ${path}`).toBe(name);
      }
    }
  });
});

it.each<[string | undefined, string, Plane | undefined]>([
  [signed('iot-jobs-data'), 'localhost:4566', 'data'],
  [signed('iot'), 'localhost:4566', 'control'],
  [signed('execute-api'), 'localhost:4566', 'control'],
  [signed('iot'), 'abc.jobs.iot.eu-west-1.amazonaws.com', 'control'],
  [undefined, 'abc.jobs.iot.eu-west-1.amazonaws.com', 'data'],
  [undefined, 'data.jobs.iot.eu-west-1.amazonaws.com', 'data'],
  [undefined, 'abc-ats.iot.eu-west-1.amazonaws.com:8443', 'data'],
  [undefined, 'iot.eu-west-1.amazonaws.com', undefined],
  [undefined, '127.0.0.1:4566', undefined],
  ['Bearer x', '127.0.0.1:4566', undefined],
])('planeOf(%s, %s) is %s', (authorization, host, plane) => {
  expect(planeOf(authorization, host)).toBe(plane);
});
