interface Shade {
  readonly light: string;
  readonly dark: string;
}

/**
 * Every colour of the charts. The statuses stay apart for normal and for colour-blind eyes (Machado 2009:
 * the worst pair of each theme has a CIE76 difference of 22 or more), and so does the set for operations and other kinds.
 * Those below a contrast of 3 on paper only ever fill areas.
 */
export const palette = {
  paper: { light: '#ffffff', dark: '#14181d' },
  ink: { light: '#1c232b', dark: '#e8ecf0' },
  muted: { light: '#59636e', dark: '#a3adb8' },
  axis: { light: '#9aa4af', dark: '#5d6772' },
  grid: { light: '#e7eaee', dark: '#282f37' },
  shade: { light: '#eef1f5', dark: '#20262d' },
  alarm: { light: '#c4161c', dark: '#ff7b72' },
  notified: { light: '#2f6fd0', dark: '#6cb0ff' },
  succeeded: { light: '#004d2c', dark: '#35f2bc' },
  failed: { light: '#b04d0f', dark: '#e8741e' },
  'area-succeeded': { light: '#004d2c', dark: '#35f2bc' },
  'area-failed': { light: '#b04d0f', dark: '#ac4803' },
  'area-timed-out': { light: '#f9c96c', dark: '#f2d401' },
  'area-rejected': { light: '#3d003a', dark: '#80167c' },
  'area-in-progress': { light: '#41a7f2', dark: '#5ab2df' },
  'area-queued': { light: '#939aa8', dark: '#7d8185' },
  'area-canceled': { light: '#4433ba', dark: '#4d51d6' },
  'area-removed': { light: '#754a93', dark: '#c0f587' },
  'area-not-notified': { light: '#e9e9e9', dark: '#2f2f2f' },
  'set-1': { light: '#113af2', dark: '#7797dd' },
  'set-2': { light: '#733c1a', dark: '#9e7853' },
  'set-3': { light: '#4d8e82', dark: '#ace1ad' },
  'set-4': { light: '#db4dd3', dark: '#d76797' },
  'set-5': { light: '#848b5a', dark: '#f7cc4b' },
  'set-6': { light: '#653f7f', dark: '#9051e1' },
  'set-7': { light: '#e94211', dark: '#f91100' },
  'set-8': { light: '#204b43', dark: '#56d2df' },
} as const satisfies Record<string, Shade>;

export type ColorName = keyof typeof palette;
export type Theme = 'light' | 'dark';

export const colorNames = Object.keys(palette) as readonly ColorName[];

/**
 * Attributes of an SVG shape: the light colours themselves, so that it is right without a style sheet,
 * and the classes by which {@link themeRules} may override them.
 */
export function paint(colors: { readonly fill?: ColorName; readonly stroke?: ColorName }): string {
  const { fill, stroke } = colors;
  const classes = [
    ...(fill === undefined ? [] : [`f-${fill}`]),
    ...(stroke === undefined ? [] : [`s-${stroke}`]),
  ];
  const filled = fill === undefined ? 'none' : palette[fill].light;
  const stroked = stroke === undefined ? '' : ` stroke="${palette[stroke].light}"`;
  return `fill="${filled}"${stroked} class="${classes.join(' ')}"`;
}

/** `--c-ink:#1c232b;…`, for the rule that sets a theme. */
export function themeVariables(theme: Theme): string {
  return colorNames.map((name) => `--c-${name}:${palette[name][theme]}`).join(';');
}

/** Makes the shapes of every chart follow {@link themeVariables}. */
export function themeRules(): string {
  return colorNames
    .map((name) => `.f-${name}{fill:var(--c-${name})}.s-${name}{stroke:var(--c-${name})}`)
    .join('');
}
