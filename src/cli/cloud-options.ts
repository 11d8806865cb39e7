import { dirname, resolve } from 'node:path';
import type { Options } from 'yargs';
import type { CloudSettings } from '../run/cloud-facts.ts';
import type { Io } from './io.ts';
import { optionGroups } from './options.ts';

const group = optionGroups.aws;

/** What `run` asks on top where the target is AWS. */
export const cloudOptions = {
  'dry-run': {
    type: 'boolean',
    group,
    describe: 'Tell resources, calls, messages, minutes and cost; create nothing',
  },
  yes: { type: 'boolean', group, describe: 'Create without asking; also target.aws.confirm' },
  keep: { type: 'boolean', group, describe: 'Leave all that was made, for --reuse or cleanup' },
  ca: {
    type: 'string',
    group,
    describe: 'PEM file of the authority to trust, not Amazon’s; over target.aws.ca',
  },
  reuse: {
    type: 'string',
    group,
    describe: 'Use what this run folder has made, and make what is missing',
  },
} as const satisfies Record<string, Options>;

export type CloudArgs = {
  readonly [Name in keyof typeof cloudOptions]:
    | ((typeof cloudOptions)[Name]['type'] extends 'boolean' ? boolean : string)
    | undefined;
};

export function readCloudSettings(
  args: CloudArgs & { readonly scenario: string },
  io: Io,
): CloudSettings {
  return {
    isKept: args.keep === true,
    reuseFrom: args.reuse === undefined ? undefined : resolve(io.cwd, args.reuse),
    scenarioDir: dirname(resolve(io.cwd, args.scenario)),
    ...(args.ca === undefined ? {} : { caFile: resolve(io.cwd, args.ca) }),
    env: io.env,
  };
}
