import { expect, it } from 'vitest';
import {
  findCreateJobViolations,
  findUpdateJobViolations,
} from '../../../src/protocol/job-config.ts';
import { controlPlane, dataPlane } from '../../../src/protocol/service-model.ts';
import { findViolations, violationMessage } from '../../../src/protocol/validation.ts';

const job = { jobId: 'j', targets: ['arn:aws:iot:us-east-1:123456789012:thing/t'], document: '{}' };
const criterion = {
  failureType: 'FAILED',
  action: 'CANCEL',
  thresholdPercentage: 20,
  minNumberOfExecutedThings: 10,
};
const abort = (...criteriaList: object[]) => ({ ...job, abortConfig: { criteriaList } });
const exponential = (rate: object, more = {}) => ({
  ...job,
  jobExecutionsRolloutConfig: {
    exponentialRate: {
      baseRatePerMinute: 50,
      incrementFactor: 2,
      rateIncreaseCriteria: { numberOfNotifiedThings: 1000 },
      ...rate,
    },
    ...more,
  },
});
const retries = (...criteriaList: object[]) => ({
  ...job,
  jobExecutionsRetryConfig: { criteriaList },
});

it.each([
  ['the least', job],
  [
    'both rate criteria',
    exponential({
      rateIncreaseCriteria: { numberOfNotifiedThings: 1, numberOfSucceededThings: 1 },
    }),
  ],
  ['a threshold with two decimals', abort({ ...criterion, thresholdPercentage: 0.25 })],
  [
    'ten retries',
    retries(
      { failureType: 'FAILED', numberOfRetries: 4 },
      { failureType: 'TIMED_OUT', numberOfRetries: 6 },
    ),
  ],
  ['a non-ASCII description', { ...job, description: 'Zählerstand ✓' }],
])('takes a job with %s', (_, request) => {
  expect(findCreateJobViolations(request)).toEqual([]);
});

it.each([
  ['no targets', { ...job, targets: undefined }, 'targets', 'not be null'],
  ['no target', { ...job, targets: [] }, 'targets', 'have length greater than or equal to 1'],
  ['a long id', { ...job, jobId: 'x'.repeat(65) }, 'jobId', 'have length less than or equal to 64'],
  [
    'a bad id',
    { ...job, jobId: 'a.b' },
    'jobId',
    'satisfy regular expression pattern: [a-zA-Z0-9_-]+',
  ],
  ['no document', { ...job, document: undefined }, 'document', 'not be null'],
  ['broken JSON', { ...job, document: '{' }, 'document', 'be valid JSON'],
  [
    'a huge document',
    { ...job, document: JSON.stringify('é'.repeat(16_384)) },
    'document',
    'have length less than or equal to 32768',
  ],
  [
    'an unknown selection',
    { ...job, targetSelection: 'ALL' },
    'targetSelection',
    'satisfy enum value set: [CONTINUOUS, SNAPSHOT]',
  ],
  [
    'a rate of 0',
    { ...job, jobExecutionsRolloutConfig: { maximumPerMinute: 0 } },
    'jobExecutionsRolloutConfig.maximumPerMinute',
    'have value greater than or equal to 1',
  ],
  [
    'a rate of 1001',
    { ...job, jobExecutionsRolloutConfig: { maximumPerMinute: 1001 } },
    'jobExecutionsRolloutConfig.maximumPerMinute',
    'have value less than or equal to 1000',
  ],
  [
    'a fractional rate',
    { ...job, jobExecutionsRolloutConfig: { maximumPerMinute: 1.5 } },
    'jobExecutionsRolloutConfig.maximumPerMinute',
    'be an integer',
  ],
  [
    'a factor of 1.25',
    exponential({ incrementFactor: 1.25 }),
    'jobExecutionsRolloutConfig.exponentialRate.incrementFactor',
    'have at most one decimal',
  ],
  [
    'a factor of 1',
    exponential({ incrementFactor: 1 }),
    'jobExecutionsRolloutConfig.exponentialRate.incrementFactor',
    'have value greater than or equal to 1.1',
  ],
  [
    'no rate criterion',
    exponential({ rateIncreaseCriteria: {} }),
    'jobExecutionsRolloutConfig.exponentialRate.rateIncreaseCriteria',
    'have numberOfNotifiedThings or numberOfSucceededThings',
  ],
  [
    'an empty abort list',
    abort(),
    'abortConfig.criteriaList',
    'have length greater than or equal to 1',
  ],
  [
    'a threshold of 0',
    abort({ ...criterion, thresholdPercentage: 0 }),
    'abortConfig.criteriaList.1.member.thresholdPercentage',
    'have value greater than 0',
  ],
  [
    'a threshold of 101',
    abort({ ...criterion, thresholdPercentage: 101 }),
    'abortConfig.criteriaList.1.member.thresholdPercentage',
    'have value less than or equal to 100',
  ],
  [
    'a threshold of 1.125',
    abort({ ...criterion, thresholdPercentage: 1.125 }),
    'abortConfig.criteriaList.1.member.thresholdPercentage',
    'have at most two decimals',
  ],
  [
    'a type twice',
    abort(criterion, criterion),
    'abortConfig.criteriaList.2.member.failureType',
    'be unique in the list',
  ],
  [
    'a timeout of 0',
    { ...job, timeoutConfig: { inProgressTimeoutInMinutes: 0 } },
    'timeoutConfig.inProgressTimeoutInMinutes',
    'have value greater than or equal to 1',
  ],
  [
    'a timeout of 10081',
    { ...job, timeoutConfig: { inProgressTimeoutInMinutes: 10_081 } },
    'timeoutConfig.inProgressTimeoutInMinutes',
    'have value less than or equal to 10080',
  ],
  [
    'eleven retries',
    retries(
      { failureType: 'FAILED', numberOfRetries: 6 },
      { failureType: 'TIMED_OUT', numberOfRetries: 5 },
    ),
    'jobExecutionsRetryConfig.criteriaList',
    'have at most 10 retries in total',
  ],
  [
    'ALL with another',
    retries(
      { failureType: 'ALL', numberOfRetries: 1 },
      { failureType: 'FAILED', numberOfRetries: 1 },
    ),
    'jobExecutionsRetryConfig.criteriaList',
    'name each failureType once, and ALL alone',
  ],
])('refuses a job with %s', (_, request, path, constraint) => {
  const [first, ...rest] = findCreateJobViolations(request);

  expect(first?.message).toContain(
    `at '${path}' failed to satisfy constraint: Member must ${constraint}`,
  );
  expect(rest).toEqual([]);
});

it.each([
  ['document', { ...job, document: `${'['.repeat(16_000)}${']'.repeat(16_000)}` }, 'be valid JSON'],
  [
    'thresholdPercentage',
    abort({ ...criterion, thresholdPercentage: 1e-7 }),
    'have at most two decimals',
  ],
])('refuses a %s that only looks right', (_, request, constraint) => {
  expect(findCreateJobViolations(request).map(({ message }) => message)).toEqual([
    expect.stringContaining(`Member must ${constraint}`),
  ]);
});

it('tells all violations in one counted sentence', () => {
  const violations = findCreateJobViolations({ ...job, jobId: '', targets: [] });

  expect(violationMessage(violations)).toMatch(
    /^3 validation errors detected: Value '' at 'jobId'.*; Value .* at 'targets'/,
  );
});

it('checks the settings of an update too', () => {
  const update = { jobId: 'j', timeoutConfig: { inProgressTimeoutInMinutes: 99_999 } };

  expect(findUpdateJobViolations(update)).toHaveLength(1);
});

it.each([controlPlane, dataPlane])(
  'every pattern of the model compiles and every shape resolves',
  (model) => {
    for (const [name, shape] of Object.entries(model.shapes)) {
      const references = [
        ...Object.values(shape.members ?? {}),
        shape.member,
        shape.key,
        shape.value,
      ];
      for (const reference of references) {
        if (reference) expect(model.shapes, name).toHaveProperty([reference.shape]);
      }
      if (shape.type === 'string') expect(() => findViolations(model, name, 'x')).not.toThrow();
    }
  },
);
