import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { AppError } from '../base/errors.ts';
import { tellFileProblem } from '../base/file-problem.ts';
import { closest } from '../base/suggest.ts';
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
import { scenariosIn } from './scenarios-in.ts';

/** Loads a scenario from disk, relative to where the command was called; warnings go to stderr. */
function loadFromDisk(file: string, overrides: readonly Override[], io: Io): LoadedScenario {
  const text = readScenario(file, io.cwd);
  const readText = (path: string) =>
    path === file ? text : readFileSync(resolve(io.cwd, path), 'utf8');
  const loaded = loadScenario(file, { readText, overrides });
  if (loaded.warnings.length > 0) {
    io.stderr(`${renderProblems(loaded.warnings)}\n`);
    tellProblemsToGithub(loaded.warnings, io);
  }
  return loaded;
}

function readScenario(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw new AppError('scenario', `cannot read ${file}: ${tellFileProblem(cause)}`, {
      hint: tellScenarios(file, scenariosIn(cwd)),
      cause,
    });
  }
}

/** The scenario that was probably meant, or those that there are, or how to get one. */
function tellScenarios(file: string, present: readonly string[]): string {
  if (present.length === 0) return 'fleetrig init writes a first scenario';
  const bare = (path: string) => basename(path).replace(/\.ya?ml$/, '');
  const name = closest(bare(file), present.map(bare));
  const meant = present.find((path) => bare(path) === name);
  if (meant !== undefined) return `did you mean ${meant}?`;
  return `there ${present.length === 1 ? 'is' : 'are'} ${new Intl.ListFormat('en').format(present)}`;
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
