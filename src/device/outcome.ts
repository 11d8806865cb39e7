import type { Millis } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Behaviour } from './behaviours.ts';
import { pickWeighted } from './distribution.ts';
import type { Profile } from './profile.ts';

/** What the fate of one execution is drawn from. Each draw has a stream of its own: none shifts another. */
export interface Fate {
  /** The stream of that thing, job and attempt. */
  readonly random: Random;
  /** The stream that all things of the group share; undefined where the profile knows no groups. */
  readonly group?: Random | undefined;
  /** When the device hears of the execution, after the run's zero; below zero before it. */
  readonly heardMs: Millis;
}

/**
 * What becomes of an execution that is due to start at `startMs` after the run's zero. A thing takes its group's outcome with probability √ρ and draws its own
 * otherwise: two things of a group share it with probability ρ, which makes ρ their correlation for every
 * behaviour of the mixture, and the shares over all things stay those of the mixture.
 */
export function drawOutcome(
  profile: Profile,
  { random, group }: Pick<Fate, 'random' | 'group'>,
  startMs: Millis,
): Behaviour {
  const rho = profile.correlated?.correlation ?? 0;
  const isKin = group !== undefined && random.fork('kin').next() < Math.sqrt(rho);
  const stream = isKin ? group.fork('outcome') : random.fork('outcome');
  return pickWeighted(mixtureAt(profile, startMs), stream) ?? 'succeed';
}

/** The mixture that holds then. Times of `outcomeOverTime` ascend. */
function mixtureAt({ outcome, outcomeOverTime }: Profile, startMs: Millis): Profile['outcome'] {
  return outcomeOverTime.findLast(({ from }) => from <= startMs)?.outcome ?? outcome;
}
