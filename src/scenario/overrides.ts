import { AppError } from '../base/errors.ts';
import type { Path } from './problem.ts';
import type { OutsideValue } from './source.ts';

/** One value of the scenario that is written elsewhere. Later ones win. */
export interface Override extends OutsideValue {
  readonly path: Path;
}

/** What the command line and the environment may say about a run. */
export interface Settings {
  readonly overrides: readonly Override[];
  /** Parent of the run folders. */
  readonly out: string;
}

export interface SettingFlags {
  readonly seed?: string | undefined;
  readonly workers?: string | undefined;
  readonly out?: string | undefined;
  /** `path=value` each. */
  readonly set?: readonly string[] | undefined;
}

/**
 * Flags over `FLEETRIG_*` variables over the scenario file over defaults. The list of variables is
 * fixed: others are none of our business. Values are YAML, and checked with the scenario they go into.
 */
export function readSettings(
  flags: SettingFlags,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const whole = (origin: string, path: Path, value: string | undefined): Override[] =>
    value === undefined || value === '' ? [] : [{ origin, prefix: '', path, value }];
  return {
    overrides: [
      ...whole('FLEETRIG_SEED', ['seed'], env['FLEETRIG_SEED']),
      ...whole('FLEETRIG_WORKERS', ['fleet', 'workers'], env['FLEETRIG_WORKERS']),
      ...(flags.set ?? []).map(parseSet),
      ...whole('--seed', ['seed'], flags.seed),
      ...whole('--workers', ['fleet', 'workers'], flags.workers),
    ],
    out: flags.out || env['FLEETRIG_OUT'] || 'reports',
  };
}

/** Reads `fleet.cohorts.0.share=88%`: dots lead inwards, numbers count list places from 0. */
export function parseSet(text: string): Override {
  const match = /^([^=\s]+?)=(.*)$/s.exec(text);
  const parts = match?.[1]?.split('.') ?? [];
  if (match === null || parts.includes('')) {
    throw new AppError('usage', `--set ${text}: expected path=value`, {
      hint: 'for example --set fleet.things=200 or --set jobs.0.at=10s',
    });
  }
  const prefix = `${match[1]}=`;
  const path = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return { origin: '--set', prefix, path, value: match[2] ?? '' };
}
