import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { drawOutcome } from '../../../src/device/outcome.ts';
import { Profile, type ProfileInput } from '../../../src/device/profile.ts';
import { DeviceConversation } from '../../support/device-conversation.ts';

const draw = (input: ProfileInput, startMs: number, seed = 'seed') =>
  drawOutcome(Profile.parse(input), { random: seededRandom(seed) }, startMs);

const phased: ProfileInput = {
  outcome: 'succeed',
  outcomeOverTime: [
    { from: '10m', outcome: 'fail' },
    { from: '20m', outcome: 'reject' },
  ],
};

it.each([
  [Number.NEGATIVE_INFINITY, 'succeed'],
  [0, 'succeed'],
  [599_999, 'succeed'],
  [600_000, 'fail'],
  [1_199_999, 'fail'],
  [1_200_000, 'reject'],
  [86_400_000, 'reject'],
])(
  'an execution that starts %d ms after zero falls under the phase of that time',
  (startMs, outcome) => {
    expect(draw(phased, startMs)).toBe(outcome);
  },
);

it('a phase draws from the stream that the outcome would have been drawn from', () => {
  const outcome = { succeed: '50%', fail: '50%' } as const;

  for (let index = 0; index < 50; index++) {
    const phase: ProfileInput = { outcomeOverTime: [{ from: '0s', outcome }] };
    expect(draw(phase, 0, String(index))).toBe(draw({ outcome }, 0, String(index)));
  }
});

it.each([
  ['0s', undefined, 'fail'],
  ['0s', 0, 'succeed'],
  ['0s', -50_000, 'fail'],
  ['10s', -41_000, 'fail'],
] as const)(
  'a device that reacts after %s to a job heard at 10 s counts from zero at %s',
  (react, zeroAt, behaviour) => {
    const talk = new DeviceConversation(
      {
        react,
        outcome: 'fail',
        outcomeOverTime: [
          { from: '0s', outcome: 'succeed' },
          { from: '1m', outcome: 'fail' },
        ],
      },
      'seed',
      () => zeroAt,
    );

    talk.feed({ type: 'start' });
    talk.runTo(10);
    talk.jobs.queue('job-1');
    talk.runTo(120);

    expect(talk.records).toMatchObject([{ behaviour }]);
  },
);
