import { expect, it } from 'vitest';
import { MergedMetrics } from '../../../src/metrics/recorder.ts';
import { latenessOf, timeResolutionMs } from '../../../src/run/lateness.ts';
import type { Plan } from '../../../src/scenario/plan.ts';
import { defaultAwsSettings } from '../../../src/scenario/target-schema.ts';

const aws: Plan['target'] = { kind: 'aws', ...defaultAwsSettings };

it('times of AWS may be a second off, and what ends within it could have gone either way', () => {
  const worstOn = (target: Plan['target']) => {
    const plan = { actions: [], clockScale: 1, isJumping: false, target };
    return latenessOf(plan, { metrics: new MergedMetrics() }, [], 0).worst;
  };

  expect([
    timeResolutionMs({ target: { kind: 'emulator' } }),
    timeResolutionMs({ target: aws }),
  ]).toEqual([0, 1000]);
  expect(worstOn(aws) - worstOn({ kind: 'emulator' })).toBe(1000);
});
