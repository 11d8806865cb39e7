import type { Dialect } from '../protocol/dialect.ts';

/** The members of the dialect that a calibration decides, with every way to read them. */
export const calibratedMembers = {
  abortGate: ['completed', 'notified'],
  abortComparison: ['at-or-above', 'above'],
  abortDenominator: ['completed', 'notified'],
  rateSpread: ['even', 'burst'],
  rateLevel: ['cumulative', 'per-level'],
} as const satisfies { readonly [Member in keyof Dialect]?: readonly Dialect[Member][] };

export type CalibratedMember = keyof typeof calibratedMembers;

/** One way to read AWS, as far as a question goes. */
export type Reading = Readonly<Partial<Record<CalibratedMember, string>>>;

/** What a rollout came to: the same from a real run and from one in virtual time. */
interface RolloutOutcome {
  readonly status: string;
  /** By status. */
  readonly executions: Readonly<Record<string, number>>;
  /** When each thing was notified, in seconds, in order. */
  readonly releases: readonly number[];
}

export type Figures = Readonly<Record<string, string | number>>;

/** A small rollout that comes out otherwise under other readings: `templates/calibrate/<name>.yaml`. */
export interface Question {
  readonly name: string;
  readonly asks: string;
  /** Those on which its outcome depends. */
  readonly members: readonly CalibratedMember[];
  /** Undefined where the outcome does not tell. */
  readonly figuresOf: (outcome: RolloutOutcome) => Figures | undefined;
  /** How far a figure may be from the prediction and still fit; 0 where it is not named. */
  readonly tolerances: Readonly<Record<string, number>>;
}

const abortMembers = ['abortGate', 'abortComparison', 'abortDenominator'] as const;
const rateMembers = ['rateSpread', 'rateLevel'] as const;

export const questions: readonly Question[] = [
  {
    name: 'abort-gate',
    asks: 'what minNumberOfExecutedThings counts',
    members: abortMembers,
    figuresOf: howItEnded,
    tolerances: {},
  },
  {
    name: 'abort-share',
    asks: 'what thresholdPercentage is a share of, and whether it trips at it',
    members: abortMembers,
    figuresOf: howItEnded,
    tolerances: {},
  },
  {
    name: 'rate-spread',
    asks: 'how a rate is spread over a minute',
    members: rateMembers,
    figuresOf: ({ releases }) => {
      const [first] = releases;
      return first === undefined
        ? undefined
        : { notifiedIn20Seconds: releases.filter((at) => at - first <= 20).length };
    },
    tolerances: { notifiedIn20Seconds: 2 },
  },
  {
    name: 'rate-level',
    asks: 'whether the counts of rateIncreaseCriteria begin anew at each level',
    members: rateMembers,
    figuresOf: ({ releases }) => {
      const [sixth, last] = [releases[5], releases[29]];
      return sixth === undefined || last === undefined
        ? undefined
        : { secondsFrom6thTo30thNotified: Math.round(last - sixth) };
    },
    tolerances: { secondsFrom6thTo30thNotified: 4 },
  },
];

/** Things that were queued when the job was cancelled never end: those that did are those before. */
function howItEnded({ status, executions }: RolloutOutcome): Figures | undefined {
  if (status !== 'CANCELED' && status !== 'COMPLETED') return undefined;
  const { SUCCEEDED = 0, FAILED = 0 } = executions;
  return { status, ended: SUCCEEDED + FAILED };
}

/** Every combination of what the members may mean. */
export function readingsOf(members: readonly CalibratedMember[]): readonly Reading[] {
  return members.reduce<readonly Reading[]>(
    (readings, member) =>
      readings.flatMap((reading) =>
        calibratedMembers[member].map((value) => ({ ...reading, [member]: value })),
      ),
    [{}],
  );
}

export interface Predicted {
  readonly reading: Reading;
  readonly figures: Figures | undefined;
}

export interface Answer {
  readonly question: string;
  readonly predicted: readonly (Predicted & { readonly fits: boolean })[];
  readonly observed: Figures | undefined;
  /** Why nothing was observed. */
  readonly trouble?: string | undefined;
}

/** Holds what was seen against what each reading foretells. */
export function answerOf(
  question: Question,
  predicted: readonly Predicted[],
  observed: Figures | undefined,
  trouble?: string,
): Answer {
  return {
    question: question.name,
    predicted: predicted.map((each) => ({
      ...each,
      fits:
        observed !== undefined &&
        each.figures !== undefined &&
        isAlike(each.figures, observed, question.tolerances),
    })),
    observed,
    ...(observed === undefined ? { trouble: trouble ?? 'the run does not tell' } : {}),
  };
}

function isAlike(a: Figures, b: Figures, tolerances: Readonly<Record<string, number>>): boolean {
  return Object.entries(a).every(([name, value]) => {
    const other = b[name];
    return typeof value === 'number' && typeof other === 'number'
      ? Math.abs(value - other) <= (tolerances[name] ?? 0)
      : value === other;
  });
}

/** What is known of one member. */
export interface Decision {
  readonly member: CalibratedMember;
  /** Those that fit everything that was seen: one decides, several leave it open, none contradicts all. */
  readonly fitting: readonly string[];
}

/** A reading stands when it fits every rollout whose outcome depends on it; a member is decided when all that stand agree. */
export function decide(answers: readonly Answer[]): readonly Decision[] {
  return [abortMembers, rateMembers].flatMap((members) => {
    const concerned = answers.filter(({ question, observed }) => {
      const asked = questions.find(({ name }) => name === question);
      return (
        observed !== undefined && asked?.members.some((each) => members.some((m) => m === each))
      );
    });
    const standing = readingsOf(members).filter((reading) =>
      concerned.every(({ predicted }) =>
        predicted.some((each) => each.fits && isSame(each.reading, reading, members)),
      ),
    );
    return members.map((member) => ({
      member,
      fitting: [...new Set(standing.flatMap((reading) => reading[member] ?? []))],
    }));
  });
}

function isSame(a: Reading, b: Reading, members: readonly CalibratedMember[]): boolean {
  return members.every((member) => a[member] === b[member]);
}

/** The value of a member, where just one fits. */
export function decidedValue({ fitting }: Decision): string | undefined {
  return fitting.length === 1 ? fitting[0] : undefined;
}
