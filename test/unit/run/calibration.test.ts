import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { populationSize } from '../../../src/device/population.ts';
import { defaultDialect } from '../../../src/protocol/dialect.ts';
import { predictQuestion } from '../../../src/run/calibrate.ts';
import {
  type Answer,
  answerOf,
  type CalibratedMember,
  calibratedMembers,
  decide,
  type Predicted,
  type Question,
  questions,
  type Reading,
  readingsOf,
} from '../../../src/run/calibration.ts';
import type { Plan } from '../../../src/scenario/plan.ts';
import { planText } from '../../support/virtual.ts';

const members = Object.keys(calibratedMembers) as CalibratedMember[];
const plans = new Map(questions.map((question) => [question.name, planOf(question)]));

function planOf({ name }: Question): Plan {
  const path = join(import.meta.dirname, `../../../templates/calibrate/${name}.yaml`);
  return planText(readFileSync(path, 'utf8'));
}

/** Predictions are the same for every service that is looked at: made once. */
const foretold = new Map<string, readonly Predicted[]>();

function foretell(question: Question, delayMs: number): readonly Predicted[] {
  const key = `${question.name} ${delayMs}`;
  const known = foretold.get(key) ?? predictQuestion(question, plan(question), delayMs);
  foretold.set(key, known);
  return known;
}

function plan({ name }: Question): Plan {
  const found = plans.get(name);
  if (found === undefined) throw new Error(`no scenario for ${name}`);
  return found;
}

/** A service that follows one reading and begins after `delayMs`, of which one is measured that is off. */
function answersOf(service: Reading, delayMs: number, measuredMs: number): Answer[] {
  return questions.map((question) => {
    const seen = foretell(question, delayMs).find(({ reading }) =>
      question.members.every((member) => reading[member] === service[member]),
    );
    return answerOf(question, foretell(question, measuredMs), seen?.figures);
  });
}

describe.each([
  [0, 0],
  [3600, 3000],
  [4400, 5000],
])('a service that begins after %d ms, measured as %d ms', (delayMs, measuredMs) => {
  it('is found out, whatever its reading is', () => {
    for (const service of readingsOf(members)) {
      const decisions = decide(answersOf(service, delayMs, measuredMs));

      expect(decisions).toEqual(
        expect.arrayContaining(members.map((member) => ({ member, fitting: [service[member]] }))),
      );
    }
  });
});

it('keeps every rollout small, and the clock to a few minutes', () => {
  for (const question of questions) {
    const { population, stopAfterMs } = plan(question);

    expect(populationSize(population)).toBeLessThanOrEqual(30);
    expect(stopAfterMs).toBeLessThanOrEqual(8 * 60_000);
  }
});

const service: Reading = { ...defaultDialect } as Reading;

it('says that none fits when AWS does what no reading foretells', () => {
  const answers = answersOf(service, 0, 0).map((answer) =>
    answer.question === 'abort-share'
      ? elsewhere(answer, { status: 'CANCELED', ended: 6 })
      : answer,
  );

  const decisions = decide(answers);

  expect(fittingOf(decisions, 'abortComparison')).toEqual([]);
  expect(fittingOf(decisions, 'rateSpread')).toEqual(['even']);
});

function elsewhere({ question: name, predicted }: Answer, figures: Predicted['figures']): Answer {
  const question = questions.find((each) => each.name === name);
  if (question === undefined) throw new Error(name);
  return answerOf(question, predicted, figures);
}

it('claims nothing that two readings would explain', () => {
  const answers = answersOf(service, 0, 0).filter(({ question }) => question !== 'abort-share');

  const decisions = decide(answers);

  expect(fittingOf(decisions, 'abortGate')).toEqual(['completed']);
  expect(fittingOf(decisions, 'abortComparison')).toEqual(['at-or-above', 'above']);
});

it('takes a run that shows nothing for no evidence', () => {
  const answers = answersOf(service, 0, 0).map((answer) =>
    answer.question === 'abort-gate' ? elsewhere(answer, undefined) : answer,
  );

  const decisions = decide(answers);

  expect(fittingOf(decisions, 'abortGate')).toEqual(['completed', 'notified']);
  expect(answers[0]).toMatchObject({ observed: undefined, trouble: expect.any(String) });
});

function fittingOf(
  decisions: ReturnType<typeof decide>,
  wanted: CalibratedMember,
): readonly string[] | undefined {
  return decisions.find(({ member }) => member === wanted)?.fitting;
}
