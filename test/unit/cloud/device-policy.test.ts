import { describe, expect, it } from 'vitest';
import { type DevicePolicyInput, devicePolicy } from '../../../src/cloud/device-policy.ts';
import { defaultAccount, formatArn } from '../../../src/protocol/names.ts';
import { type IotAction, judge } from '../../../src/protocol/policy.ts';
import { parsePolicy } from '../../../src/protocol/policy-document.ts';

const prefix = 'fr-0a1b2c3d-';
const clientIds = `${prefix}pump-*`;
const self = `${prefix}pump-1`;
const other = `${prefix}pump-2`;
const kinds = ['describe-next', 'start-next', 'pick'] as const;

function policy(overrides: Partial<DevicePolicyInput> = {}): string {
  return devicePolicy({
    account: defaultAccount,
    isOwnCertificate: true,
    clientIds,
    jobPrefix: prefix,
    clients: new Set(kinds),
    ...overrides,
  });
}

/** Whether a device that is attached to its certificate, and connects by its own name, may do that. */
function may(text: string, action: IotAction, resource: string, clientId = self): boolean {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(parsed.flaw);
  const kind = action === 'Connect' ? 'client' : action === 'Subscribe' ? 'topicfilter' : 'topic';
  const thing = { thingName: clientId, thingTypeName: undefined, attributes: {} };
  const certificate = { certificateId: 'c', commonName: 'n', serialNumber: '1' };
  return judge([{ policyName: 'p', statements: parsed.statements }], {
    action,
    resourceArn: formatArn(defaultAccount, kind, resource),
    subject: { clientId, sourceIp: undefined, certificate, thing },
  }).isAllowed;
}

const topic = (thing: string, suffix: string) => `$aws/things/${thing}/jobs/${suffix}`;
const requests = {
  'describe-next': ['$next/get', `${prefix}fw/get`, `${prefix}fw/update`],
  'start-next': ['start-next', `${prefix}fw/get`, `${prefix}fw/update`],
  pick: ['get', `${prefix}fw/get`, `${prefix}fw/update`],
} as const;

describe.each([true, false])('with a certificate of its own: %s', (isOwnCertificate) => {
  const text = policy({ isOwnCertificate });

  it.each(kinds)('allows all that a %s device does', (client) => {
    const narrow = policy({ isOwnCertificate, clients: new Set([client]) });
    const notice = client === 'pick' ? 'notify' : 'notify-next';

    expect(may(narrow, 'Connect', self)).toBe(true);
    expect(may(narrow, 'Subscribe', topic(self, notice))).toBe(true);
    expect(may(narrow, 'Receive', topic(self, notice))).toBe(true);
    for (const suffix of requests[client]) {
      expect(may(narrow, 'Publish', topic(self, suffix))).toBe(true);
      expect(may(narrow, 'Receive', topic(self, `${suffix}/accepted`))).toBe(true);
      expect(may(narrow, 'Receive', topic(self, `${suffix}/rejected`))).toBe(true);
    }
  });

  it('refuses everything of another thing', () => {
    const suffixes = ['notify', 'notify-next', ...Object.values(requests).flat()];
    for (const suffix of suffixes.flatMap((each) => [each, `${each}/accepted`])) {
      for (const action of ['Publish', 'Subscribe', 'Receive', 'RetainPublish'] as const) {
        expect(may(text, action, topic(other, suffix)), `${action} ${suffix}`).toBe(false);
      }
    }
  });

  it.each([
    ['Connect', 'somebody'],
    ['Subscribe', '#'],
    ['Subscribe', '$aws/things/+/jobs/notify-next'],
    ['Subscribe', topic(self, '#')],
    ['Publish', 'telemetry'],
    ['Publish', `$aws/things/${self}/shadow/update`],
    ['Publish', topic(self, 'notify-next')],
    ['Publish', topic(self, 'fw-of-production/update')],
    ['RetainPublish', topic(self, '$next/get')],
  ] as const)('refuses %s %s', (action, resource) => {
    expect(may(text, action, resource)).toBe(false);
  });
});

it('with a certificate of its own a device connects as nobody else', () => {
  expect(may(policy(), 'Connect', other)).toBe(false);
});

it('allows no more than the profiles need', () => {
  const narrow = policy({ clients: new Set(['describe-next']) });

  expect(may(narrow, 'Publish', topic(self, 'start-next'))).toBe(false);
  expect(may(narrow, 'Subscribe', topic(self, 'notify'))).toBe(false);
});

it('fits into what AWS takes, in its longest region and partition', () => {
  const account = { partition: 'aws-us-gov', region: 'us-gov-east-1', accountId: '123456789012' };

  expect(policy({ account }).length).toBeLessThanOrEqual(2048);
  expect(() => policy({ account, jobPrefix: 'x'.repeat(200) })).toThrow(/2048 characters/);
});
