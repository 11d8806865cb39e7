type Env = Readonly<Record<string, string | undefined>>;

/** One of the streams that the text of a command goes to, as far as it decides how that text looks. */
export interface Surroundings {
  readonly env: Env;
  readonly argv: readonly string[];
  readonly platform: NodeJS.Platform;
  /** Of that stream. */
  readonly isTty: boolean;
}

/** Whether frames can be drawn over each other: never into a log. */
export function canRedraw({ env, isTty }: Surroundings): boolean {
  return isTty && !isSet(env['CI']) && env['TERM'] !== 'dumb';
}

/** A flag over NO_COLOR over FORCE_COLOR over what the stream is. */
export function hasColor({ argv, env, isTty }: Surroundings): boolean {
  const flag = argv
    .slice(0, argv.includes('--') ? argv.indexOf('--') : undefined)
    .findLast((word) => word === '--color' || word === '--no-color');
  if (flag !== undefined) return flag === '--color';
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return isSet(forced);
  return isTty && env['TERM'] !== 'dumb';
}

/** Whether a terminal shows more than ASCII: as its locale says, and where there is none, yes. */
export function hasUnicode({ env, platform }: Surroundings): boolean {
  if (platform === 'win32') {
    return Boolean(env['WT_SESSION']) || env['TERM_PROGRAM'] === 'vscode' || isSet(env['CI']);
  }
  if (env['TERM'] === 'linux') return false;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'];
  return locale === undefined || locale === '' || /utf-?8/i.test(locale);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
