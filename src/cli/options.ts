import type { Options } from 'yargs';

/** The headings under which `--help` lists options. */
export const optionGroups = {
  scenario: 'Scenario:',
  load: 'Load:',
  aws: 'AWS:',
  metrics: 'Metrics:',
  output: 'Output:',
} as const;

export const scenarioPositional = {
  type: 'string',
  demandOption: true,
  describe: 'YAML file',
} as const satisfies Options;

export const setOption = {
  set: {
    type: 'string',
    array: true,
    nargs: 1,
    group: optionGroups.scenario,
    describe: 'Override any scenario value: path=value',
  },
} as const satisfies Record<string, Options>;

/** Of every command that carries a scenario out. */
export const scenarioOptions = {
  ...setOption,
  seed: {
    type: 'string',
    group: optionGroups.scenario,
    describe: 'Over the scenario’s seed; also FLEETRIG_SEED',
  },
} as const satisfies Record<string, Options>;

/** Of every command that leaves a run folder. */
export const outputOptions = {
  out: {
    type: 'string',
    group: optionGroups.output,
    describe: 'Parent of run folders, also FLEETRIG_OUT [default: reports]',
  },
  'run-id': { type: 'string', group: optionGroups.output, describe: 'Name of the run folder' },
  json: { type: 'boolean', group: optionGroups.output, describe: 'NDJSON on stdout' },
  quiet: { type: 'boolean', group: optionGroups.output, describe: 'Errors only' },
  progress: {
    type: 'boolean',
    group: optionGroups.output,
    describe: 'Tell how far it is; not with --no-progress [default: true]',
  },
  color: {
    type: 'boolean',
    group: optionGroups.output,
    describe: 'Also NO_COLOR, FORCE_COLOR [default: on a terminal]',
  },
} as const satisfies Record<string, Options>;

/** `describe` tells what the threads are for. */
export function workersOption(describe: string) {
  return {
    workers: {
      type: 'string',
      group: optionGroups.load,
      describe: `${describe}; also FLEETRIG_WORKERS`,
    },
  } as const satisfies Record<string, Options>;
}

/** What a command with {@link scenarioOptions}, {@link outputOptions} and workers is called with. */
export interface RehearsalArgs {
  readonly scenario: string;
  readonly set: readonly string[] | undefined;
  readonly seed: string | undefined;
  readonly workers: string | undefined;
  readonly out: string | undefined;
  readonly 'run-id': string | undefined;
  readonly json: boolean | undefined;
  readonly quiet: boolean | undefined;
  readonly progress: boolean | undefined;
}
