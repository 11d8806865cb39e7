import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ScenarioSource } from '../run/summary-frame.ts';
import { type LoadedScenario, loadScenario } from '../scenario/load.ts';
import {
  type Override,
  readSettings,
  type SettingFlags,
  type Settings,
} from '../scenario/overrides.ts';
import type { Plan } from '../scenario/plan.ts';
import { planScenario } from '../scenario/plan-scenario.ts';
import { renderProblems } from '../scenario/problem.ts';
import { tellProblemsToGithub } from './github-problems.ts';
import type { Io } from './io.ts';

/** Loads a scenario from disk, relative to where the command was called; warnings go to stderr. */
function loadFromDisk(file: string, overrides: readonly Override[], io: Io): LoadedScenario {
  const readText = (path: string) => readFileSync(resolve(io.cwd, path), 'utf8');
  const loaded = loadScenario(file, { readText, overrides });
  if (loaded.warnings.length > 0) {
    io.stderr(`${renderProblems(loaded.warnings)}\n`);
    tellProblemsToGithub(loaded.warnings, io);
  }
  return loaded;
}

/** A scenario with what flags and environment say about it, and what is to happen. */
export interface Rehearsal {
  readonly settings: Settings;
  readonly loaded: LoadedScenario;
  readonly plan: Plan;
}

export function readRehearsal(
  args: SettingFlags & { readonly scenario: string },
  io: Io,
): Rehearsal {
  const settings = readSettings(args, io.env);
  const loaded = loadFromDisk(args.scenario, settings.overrides, io);
  return { settings, loaded, plan: planScenario(loaded) };
}

export function sourceOf({ file, text, scenario, resolved }: LoadedScenario): ScenarioSource {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { name: scenario.name, file, sha256, resolved };
}
