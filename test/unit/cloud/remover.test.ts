import type { IoTClient } from '@aws-sdk/client-iot';
import { expect, it } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import { Remover } from '../../../src/cloud/remover.ts';

const prefix = 'fr-0a1b2c3d-';
const arn = `arn:aws:iot:eu-west-1:123456789012:cert/${'c'.repeat(64)}`;

class Refusal extends Error {
  readonly $metadata = { httpStatusCode: 409 };

  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

/** Answers each operation with what is next on its list: a refusal or a job's status; success where it is empty. */
function service(refusals: Readonly<Record<string, readonly string[]>>) {
  const calls: string[] = [];
  const left = Object.fromEntries(
    Object.entries(refusals).map(([name, list]) => [name, [...list]]),
  );
  const send = async (command: { readonly constructor: { readonly name: string } }) => {
    const operation = command.constructor.name.replace(/Command$/, '');
    calls.push(operation);
    const refusal = left[operation]?.shift();
    if (refusal?.endsWith('Exception')) throw new Refusal(refusal);
    return refusal ? { job: { status: refusal } } : {};
  };
  const remover = new Remover({ send } as unknown as IoTClient, prefix, hurriedClock());
  return { calls, remover };
}

/** It is at once as late as anybody waits for. */
function hurriedClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    schedule: (at, action) => {
      now = Math.max(now, at);
      queueMicrotask(action);
      return () => undefined;
    },
  };
}

const conflict = 'DeleteConflictException';
const missing = 'ResourceNotFoundException';
const invalid = 'InvalidRequestException';
const deleting = 'DELETION_IN_PROGRESS';

it('a certificate is taken off everything, made inactive and deleted, as soon as AWS lets go', async () => {
  const { calls, remover } = service({ DeleteCertificate: [conflict, conflict] });

  const removal = await remover.certificate({ arn, thing: 't', policies: ['p'] });

  expect(removal).toBe('removed');
  expect(calls).toEqual([
    'DetachThingPrincipal',
    'DetachPolicy',
    'UpdateCertificate',
    'DeleteCertificate',
    'DeleteCertificate',
    'DeleteCertificate',
  ]);
});

it('what is gone already is no obstacle', async () => {
  const { remover } = service({
    DetachThingPrincipal: [missing],
    DetachPolicy: [invalid],
    UpdateCertificate: [missing],
    DeletePolicy: [missing],
    DeleteJob: [missing],
  });

  expect(await remover.certificate({ arn, thing: 't', policies: ['p'] })).toBe('missing');
  expect(await remover.policy(`${prefix}p`, true)).toBe('missing');
  expect(await remover.job(`${prefix}j`)).toBe('missing');
});

it.each([
  ['policy', 'DeletePolicy', conflict],
  ['thing', 'DeleteThing', invalid],
  ['group', 'DeleteThingGroup', invalid],
] as const)('a %s that still counts as attached is tried again', async (kind, operation, name) => {
  const { calls, remover } = service({ [operation]: [name, name] });

  expect(await remover[kind](`${prefix}x`, true)).toBe('removed');

  expect(calls).toEqual([operation, operation, operation]);
});

it('a job is gone when nobody knows it any more, however often it was asked for', async () => {
  const { calls, remover } = service({
    DeleteJob: ['LimitExceededException', invalid],
    DescribeJob: [deleting, deleting, missing],
  });

  expect(await remover.job(`${prefix}j`)).toBe('removed');

  expect(calls).toEqual(['DeleteJob', 'DeleteJob', 'DescribeJob', 'DescribeJob', 'DescribeJob']);
});

it('a job that AWS does not delete is told with its reason', async () => {
  const { remover } = service({ DeleteJob: [invalid], DescribeJob: ['IN_PROGRESS'] });

  await expect(remover.job(`${prefix}j`)).rejects.toThrow(invalid);
});

it('a policy is waited for as long as AWS says that it may take: five minutes', async () => {
  const { remover } = service({ DeletePolicy: Array.from({ length: 34 }, () => conflict) });

  expect(await remover.policy(`${prefix}p`, true)).toBe('removed');
});

it('nothing is taken off a thing of another name', async () => {
  const { calls, remover } = service({});

  expect(await remover.detachOwn('production', arn)).toBe('spared');

  expect(calls).toEqual([]);
});

it.each(['job', 'policy', 'thing', 'group'] as const)(
  'no %s of another name is touched',
  async (kind) => {
    const { calls, remover } = service({});

    expect(await remover[kind]('production', true)).toBe('spared');

    expect(calls).toEqual([]);
  },
);
