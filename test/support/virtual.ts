import type { Prediction } from '../../src/report/prediction.ts';
import { predict } from '../../src/run/predict.ts';
import { runVirtually, type VirtualRun } from '../../src/run/virtual-run.ts';
import type { Plan } from '../../src/scenario/plan.ts';
import { planScenario } from '../../src/scenario/plan-scenario.ts';
import { Referee } from '../../src/sim/referee.ts';
import { loadText } from './scenarios.ts';

export function planText(text: string): Plan {
  return planScenario(loadText(text));
}

/** Runs a scenario in virtual time, under its own reading. */
export function runText(text: string): VirtualRun {
  const plan = planText(text);
  return runVirtually(plan, plan.dialect, new Referee([]));
}

export function predictText(text: string): Prediction {
  return predict(planText(text), () => undefined).prediction;
}
