import { type SettingDifference, settingDifferences, settingKind } from './compare-settings.ts';
import type { Summary } from './summary.ts';

/**
 * How much two runs have in common. `same plan`: seed, fleet and everything done to it, so the same
 * outcome is to be expected. `same draws`: every thing meets the same fate, but the rollout is set
 * otherwise, so a difference in outcome is the doing of those settings. `other draws`: chance differs too.
 */
type Relation = 'same plan' | 'same draws' | 'other draws';

/** A fact of the run itself that differs, as text. */
interface ConditionDifference {
  readonly name: string;
  readonly base: string;
  readonly head: string;
}

export interface RunsCompared {
  readonly relation: Relation;
  /** Whether no wall time is in the outcome of either: a prediction, or clock scale max. */
  readonly isExact: boolean;
  readonly conditions: readonly ConditionDifference[];
  readonly settings: readonly SettingDifference[];
  /** Why figures are not, or not simply, to be compared. */
  readonly warnings: readonly string[];
}

export function compareRuns(base: Summary, head: Summary): RunsCompared {
  // The seed is told of the runs: it may have come from elsewhere than the scenario.
  const settings = settingDifferences(base.scenario.resolved, head.scenario.resolved).filter(
    ({ path }) => path !== 'seed',
  );
  const relation = relationOf(base, head, settings);
  return {
    relation,
    isExact: isExact(base) && isExact(head),
    conditions: conditionDifferences(base, head),
    settings,
    warnings: [
      ...warningsOfPair(base, head, settings),
      ...warningsOf('base', base),
      ...warningsOf('head', head),
    ],
  };
}

function relationOf(
  base: Summary,
  head: Summary,
  settings: readonly SettingDifference[],
): Relation {
  const kinds = new Set(settings.map(({ path }) => settingKind(path)));
  if (base.run.seed !== head.run.seed || kinds.has('draws')) return 'other draws';
  return kinds.has('plan') ? 'same draws' : 'same plan';
}

function isExact({ environment }: Summary): boolean {
  return environment.target === 'simulation' || environment.clockScale === 'max';
}

const conditions: Readonly<Record<string, (summary: Summary) => string | number | undefined>> = {
  'fleetrig version': ({ tool }) => tool.version,
  verdict: ({ run }) => run.verdict,
  seed: ({ run }) => run.seed,
  scenario: ({ scenario }) => scenario.name,
  'scenario file': ({ scenario }) => scenario.file,
  'scenario sha256': ({ scenario }) => scenario.sha256.slice(0, 12),
  target: ({ environment }) => environment.target,
  /** Our own emulator is somewhere else every time. */
  endpoint: ({ environment: { target, endpoint } }) =>
    target === 'emulator' ? undefined : endpoint,
  region: ({ environment }) => environment.region,
  'clock scale': ({ environment }) => environment.clockScale,
  agents: ({ environment }) => environment.agents,
  workers: ({ environment }) => environment.workers,
  CPUs: ({ environment }) => environment.cpus,
  'operating system': ({ environment }) => environment.os,
  Node: ({ environment }) => environment.node,
};

function conditionDifferences(base: Summary, head: Summary): ConditionDifference[] {
  return Object.entries(conditions).flatMap(([name, read]) => {
    const [before, after] = [read(base), read(head)];
    return before === after ? [] : [{ name, base: textOf(before), head: textOf(after) }];
  });
}

function textOf(value: string | number | undefined): string {
  return value === undefined ? '-' : String(value);
}

function warningsOfPair(
  base: Summary,
  head: Summary,
  settings: readonly SettingDifference[],
): string[] {
  const count = (kind: string) => settings.filter(({ path }) => settingKind(path) === kind).length;
  const changed = count('draws') + count('plan');
  const differs = (read: (environment: Summary['environment']) => unknown) =>
    read(base.environment) !== read(head.environment);
  const machine = [
    ...(differs(({ cpus }) => cpus) ? ['CPUs'] : []),
    ...(differs(({ os }) => os) ? ['operating system'] : []),
    ...(differs(({ node }) => node) ? ['Node'] : []),
    ...(differs(({ workers }) => workers) || differs(({ agents }) => agents) ? ['workers'] : []),
  ];
  return [
    ...(base.scenario.name === head.scenario.name
      ? []
      : [
          `two scenarios, ${base.scenario.name} and ${head.scenario.name}: figures may not mean the same`,
        ]),
    ...(changed === 0
      ? []
      : [
          `${changed === 1 ? 'a setting differs' : `${changed} settings differ`} between the scenarios: what changed may be their doing`,
        ]),
    ...(base.run.seed === head.run.seed
      ? []
      : [
          `seed ${base.run.seed} and seed ${head.run.seed} draw other fates: counts differ by chance as well`,
        ]),
    ...(differs(({ target }) => target)
      ? [
          `target ${base.environment.target} and target ${head.environment.target}: latencies are not comparable`,
        ]
      : []),
    ...(differs(({ clockScale }) => clockScale)
      ? [
          `clock scale ${base.environment.clockScale} and ${head.environment.clockScale}: another load, so other latencies`,
        ]
      : []),
    ...(machine.length === 0
      ? []
      : [`not the same ${machine.join(', ')}: latencies compare the machines too`]),
  ];
}

function warningsOf(which: 'base' | 'head', { run, harness }: Summary): string[] {
  return [
    ...(run.verdict === 'interrupted' || run.verdict === 'error'
      ? [`${which} was broken off (${run.verdict}): its figures are of a part of the run`]
      : []),
    ...(harness.trusted
      ? []
      : [`${which} is not to be trusted: ${harness.reasons.join('; ') || 'its harness was late'}`]),
  ];
}
