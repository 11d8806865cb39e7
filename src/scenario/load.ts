import { dirname, isAbsolute, join } from 'node:path';
import { AppError, messageOf } from '../base/errors.ts';
import { parseExpectation } from '../metrics/thresholds.ts';
import { crossCheck, thingNames } from './cross-check.ts';
import { checkUpdateJob, type JobRequest, readCreateJob } from './job-request.ts';
import { knownNames } from './known-names.ts';
import { lintScenario } from './lint.ts';
import { member, type Outline, outlineOf, textOf } from './outline.ts';
import type { Override } from './overrides.ts';
import type { Expectation, Position } from './plan.ts';
import {
  type Finding,
  finding,
  type Path,
  type Problem,
  ScenarioError,
  sortProblems,
} from './problem.ts';
import { Scenario } from './schema.ts';
import { checkShape } from './shape-check.ts';
import { Source } from './source.ts';

export interface LoadOptions {
  readonly readText: (path: string) => string;
  readonly overrides?: readonly Override[];
}

/** A scenario without errors, and where everything in it was written. */
export interface LoadedScenario {
  readonly file: string;
  /** The file as it was read. */
  readonly text: string;
  readonly scenario: Scenario;
  /** One for each of the scenario's jobs. */
  readonly jobs: readonly JobRequest[];
  readonly expectations: readonly Expectation[];
  readonly warnings: readonly Problem[];
  /** As users write it, with overrides and job files in place. */
  readonly resolved: Readonly<Record<string, unknown>>;
  readonly positionOf: (path: Path) => Position;
  /** The same as YAML, comments kept: it can be loaded again by itself. */
  readonly renderYaml: () => string;
}

/** Reads a scenario and everything it refers to. Throws a {@link ScenarioError} with all problems. */
export function loadScenario(file: string, options: LoadOptions): LoadedScenario {
  const text = readScenario(file, options.readText);
  const source = new Source(file, text);
  const { overrides = [] } = options;
  const unread = assemble(source, overrides, options.readText);
  if (source.isBroken) throw new ScenarioError(file, sortProblems(source.problems, file));

  const value = source.toValue();
  const outline = outlineOf(value);
  const jobs = readJobs(value, outline, new Set(unread.map(({ path }) => path[1])));
  const expectations = readExpectations(outline);
  const findings = [
    ...unread,
    ...checkShape(value),
    ...crossCheck(value, outline),
    ...jobs.flatMap((job) => job.findings),
    ...checkUpdates(outline),
    ...expectations.flatMap((read) => ('findings' in read ? read.findings : [])),
  ];
  const problems = sortProblems(
    [...source.problems, ...findings.map((each) => source.locate(each))],
    file,
  );
  if (problems.some(({ severity }) => severity === 'error'))
    throw new ScenarioError(file, problems);

  const scenario = Scenario.parse(value);
  const lint = lintScenario(scenario, jobs).map((each) => source.locate(each));
  return {
    file,
    text,
    scenario,
    jobs,
    expectations: expectations.flatMap((read) =>
      'threshold' in read
        ? [{ threshold: read.threshold, position: source.positionOf(read.path) }]
        : [],
    ),
    warnings: sortProblems([...problems, ...lint], file),
    resolved: value as Readonly<Record<string, unknown>>,
    positionOf: (path) => source.positionOf(path),
    renderYaml: () => source.toText(),
  };
}

function readScenario(file: string, readText: (path: string) => string): string {
  try {
    return readText(file);
  } catch (cause) {
    throw new AppError('scenario', `cannot read ${file}: ${messageOf(cause)}`, {
      hint: 'name a scenario file, such as scenarios/quickstart.yaml',
      cause,
    });
  }
}

/** Puts overrides and job files in their places; findings for files that cannot be read. */
function assemble(
  source: Source,
  overrides: readonly Override[],
  readText: (path: string) => string,
): Finding[] {
  const apply = (some: readonly Override[]) => {
    if (source.isBroken) return;
    for (const override of some) source.set(jobByIndex(override.path, source), override);
  };
  apply(overrides.filter(decidesFile));
  const unread = source.isBroken ? [] : includeJobFiles(source, readText);
  apply(overrides.filter((override) => !decidesFile(override)));
  return unread;
}

/** `jobs.<jobId>.…` as the place of that job in the list. What is no job's id is left for the source to refuse. */
function jobByIndex(path: Path, source: Source): Path {
  const [head, jobId, ...rest] = path;
  if (head !== 'jobs' || typeof jobId !== 'string') return path;
  const jobs = member(source.toValue(), 'jobs');
  if (!Array.isArray(jobs)) return path;
  const index = jobs.findIndex((job) => textOf(member(member(job, 'create'), 'jobId')) === jobId);
  return index < 0 ? path : [head, index, ...rest];
}

/** Whether it may say which job file is read; all others may change what is in the file. */
function decidesFile({ path }: Override): boolean {
  return path[0] === 'jobs' && (path.length <= 3 || path[3] === 'file');
}

/** Puts every `create: { file: … }` in place; findings for those that cannot be read. */
function includeJobFiles(source: Source, readText: (path: string) => string): Finding[] {
  const jobs = member(source.toValue(), 'jobs');
  if (!Array.isArray(jobs)) return [];
  return jobs.flatMap((job: unknown, index) => {
    const name = textOf(member(member(job, 'create'), 'file'));
    if (name === undefined) return [];
    const path = ['jobs', index, 'create'];
    const jobFile = isAbsolute(name) ? name : join(dirname(source.file), name);
    try {
      const refusal = source.include(path, 'file', jobFile, readText(jobFile));
      return refusal === undefined ? [] : [finding([...path, 'file'], refusal)];
    } catch (error) {
      const message = `cannot read ${jobFile}: ${messageOf(error)}`;
      return [finding([...path, 'file'], message, { hint: 'relative to the scenario file' })];
    }
  });
}

function readJobs(value: unknown, outline: Outline, unread: ReadonlySet<unknown>): JobRequest[] {
  const jobs = member(value, 'jobs');
  if (!Array.isArray(jobs)) return [];
  const context = {
    isEmulator: outline.isEmulator,
    fleetGroup: outline.fleetGroup,
    groups: outline.groups.map(({ name }) => name),
    isThing: thingNames(outline),
  };
  return jobs.flatMap((job: unknown, index) => {
    const create = member(job, 'create');
    if (!isMapping(create) || unread.has(index)) return [];
    return [readCreateJob(create, ['jobs', index, 'create'], context)];
  });
}

function checkUpdates({ timeline }: Outline): Finding[] {
  return timeline.flatMap(({ action, settings, path }) =>
    action === 'updateJob' && isMapping(settings) ? checkUpdateJob(settings, path) : [],
  );
}

type ReadExpectation = { readonly path: Path } & (
  | Pick<Expectation, 'threshold'>
  | { readonly findings: readonly Finding[] }
);

function readExpectations(outline: Outline): ReadExpectation[] {
  const known = knownNames(
    outline.jobs.map(({ name }) => name),
    outline.cohorts.map(({ name }) => name),
  );
  return outline.expect.map(({ text, path }) => {
    const parsed = parseExpectation(text, known);
    if (parsed.ok) return { path, threshold: parsed.threshold };
    const { message, hint, offset, length } = parsed.problem;
    return { path, findings: [finding(path, message, { hint, part: { offset, length } })] };
  });
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
