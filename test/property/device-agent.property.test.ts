import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Behaviour } from '../../src/device/behaviours.ts';
import type { ExecutionRecord } from '../../src/device/io.ts';
import { DeviceConversation } from '../support/device-conversation.ts';
import {
  anyHappening,
  anyProfile,
  DeviceStage,
  lawfulHappening,
} from '../support/device-histories.ts';

const lengths = { minLength: 10, maxLength: 80, size: 'max' } as const;
const anyHistory = fc.array(anyHappening, lengths);
const lawfulHistory = fc.array(lawfulHappening, lengths);

const recordsOf = ({ effects }: DeviceStage): ExecutionRecord[] =>
  effects.flatMap((effect) => (effect.type === 'execution-over' ? [effect.record] : []));

it('whatever it is fed, a device neither throws nor spins, and is silent after the end', () => {
  fc.assert(
    fc.property(anyProfile, anyHistory, (profile, history) => {
      const stage = new DeviceStage(profile).play(history);
      const count = stage.effects.length;

      stage.feed({ type: 'start' });
      stage.feed({ type: 'connected', sessionPresent: false });

      expect(stage.breaches).not.toContain('spins');
      expect(stage.effects).toHaveLength(count);
    }),
    { numRuns: 1000 },
  );
});

it('a device keeps its contract with its driver', () => {
  fc.assert(
    fc.property(anyProfile, lawfulHistory, (profile, history) => {
      expect(new DeviceStage(profile).play(history).breaches).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

it('every request is answered or lost, and one is on its way at a time', () => {
  const chasing: readonly Behaviour[] = ['duplicate-update', 'illegal-transition'];
  fc.assert(
    fc.property(anyProfile, lawfulHistory, (profile, history) => {
      const stage = new DeviceStage(profile).play(history);

      expect(stage.pending).toEqual([]);
      if (!chasing.some((behaviour) => behaviour === profile.outcome)) {
        expect(stage.pendingMax).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 1000 },
  );
});

it('every execution is over once', () => {
  fc.assert(
    fc.property(anyProfile, anyHistory, (profile, history) => {
      const records = recordsOf(new DeviceStage(profile).play(history));

      const keys = records.map(({ jobId, executionNumber }) => `${jobId} ${executionNumber}`);
      expect(new Set(keys).size).toBe(keys.length);
    }),
    { numRuns: 1000 },
  );
});

it('the same history has the same effects', () => {
  fc.assert(
    fc.property(anyProfile, anyHistory, (profile, history) => {
      expect(new DeviceStage(profile).play(history).effects).toEqual(
        new DeviceStage(profile).play(history).effects,
      );
    }),
    { numRuns: 200 },
  );
});

it('what is drawn for an execution depends on neither the history before it nor the link', () => {
  const outcome = { succeed: '25%', fail: '25%', hang: '25%', reject: '25%' } as const;
  fc.assert(
    fc.property(anyProfile, lawfulHistory, lawfulHistory, (profile, one, other) => {
      const behaviours = (history: typeof one) =>
        new Map(
          recordsOf(new DeviceStage({ ...profile, outcome }).play(history)).map((record) => [
            `${record.jobId} ${record.executionNumber}`,
            record.behaviour,
          ]),
        );
      const first = behaviours(one);

      for (const [key, behaviour] of behaviours(other)) {
        expect(first.get(key) ?? behaviour).toBe(behaviour);
      }
    }),
    { numRuns: 1000 },
  );
});

it('behaviours that recover end SUCCEEDED though the link fails and answers are lost', () => {
  const recovering: readonly Behaviour[] = [
    'succeed',
    'crash-and-resume',
    'stale-version',
    'illegal-transition',
    'malformed',
    'duplicate-update',
    'link-cut-mid-job',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...recovering),
      fc.constantFrom('describe-next', 'start-next', 'pick'),
      fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 4 }),
      fc.uniqueArray(fc.nat(20), { maxLength: 3 }),
      (outcome, client, cuts, losses) => {
        const talk = new DeviceConversation({
          outcome,
          client,
          work: '2m',
          progress: { steps: 2 },
        });
        talk.losesAnswer = () => losses.includes(talk.requests.length - 1);
        talk.feed({ type: 'start' });
        talk.runTo(1).jobs.queue('job-1');
        talk.jobs.queue('job-2');
        for (const at of cuts.toSorted((a, b) => a - b)) {
          talk.runTo(at).feed({ type: 'cut', untilAt: at * 1000 + 5000 });
        }

        talk.runTo(7200);

        expect([talk.jobs.statusOf('job-1'), talk.jobs.statusOf('job-2')]).toEqual([
          'SUCCEEDED',
          'SUCCEEDED',
        ]);
        expect(talk.records).toHaveLength(2);
      },
    ),
    { numRuns: 1000 },
  );
});
