import { expect, it } from 'vitest';
import { type DeviceTopic, parseJobsTopic, requestTopic } from '../../../src/protocol/topics.ts';

const requests: [string, DeviceTopic][] = [
  ['$aws/things/t:1/jobs/get', { operation: 'get', thingName: 't:1' }],
  ['$aws/things/t/jobs/start-next', { operation: 'start-next', thingName: 't' }],
  ['$aws/things/t/jobs/$next/get', { operation: 'describe', thingName: 't', jobId: '$next' }],
  ['$aws/things/t/jobs/j1/update', { operation: 'update', thingName: 't', jobId: 'j1' }],
  [
    '$aws/things/t/jobs/j1/namespace-a_b-1/update',
    { operation: 'update', thingName: 't', jobId: 'j1', namespaceId: 'a_b-1' },
  ],
  [
    '$aws/things/t/jobs/$next/namespace-n/get',
    { operation: 'describe', thingName: 't', jobId: '$next', namespaceId: 'n' },
  ],
  ['$aws/things/jobs/jobs/get/get', { operation: 'describe', thingName: 'jobs', jobId: 'get' }],
];

it.each(requests)('%s is a request, and back', (topic, request) => {
  expect(parseJobsTopic(topic)).toEqual({ kind: 'request', request });
  expect(requestTopic(request)).toBe(topic);
});

it.each([
  '$aws/things/t/jobs/notify',
  '$aws/things/t/jobs/notify-next',
  '$aws/things/t/jobs/notify-namespace-n',
  '$aws/things/t/jobs/notify-next-namespace-n',
  '$aws/things/t/jobs/j1/namespace-n/update/accepted',
  '$aws/things/t/jobs/get/accepted',
  '$aws/things/t/jobs/j1/update/rejected',
])('%s is the service’s own', (topic) => {
  expect(parseJobsTopic(topic)).toEqual({ kind: 'reserved' });
});

it.each([
  '$aws/things/t/jobs/foo',
  '$aws/things/t/jobs/j1/start',
  '$aws/things/t/jobs/j1/update/more',
  '$aws/things/t/jobs//get',
  '$aws/things/t/jobs//namespace-n/get',
  '$aws/things/t/jobs/j1/namespace-/get',
  '$aws/things/t/jobs/j1/namespace-a:b/get',
  '$aws/things/t/jobs/j1/namespace-n/start',
  '$aws/things/t/jobs/j1/n/get',
])('%s maps to no operation', (topic) => {
  expect(parseJobsTopic(topic)).toEqual({ kind: 'invalid', thingName: 't' });
});

it.each(['$aws/things/t/shadow/get', '$aws/things//jobs/get', 'a/b', '$aws/things/t/jobs'])(
  '%s is no jobs topic',
  (topic) => {
    expect(parseJobsTopic(topic)).toBeUndefined();
  },
);
