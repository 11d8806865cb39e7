import { styleText } from 'node:util';
import type { Tone } from '../report/text-page.ts';

/** What a colour stands for on a terminal: the tones of the report, and the states of an execution. */
export type Shade = Tone | 'running' | 'rejected' | 'timedOut';

const colors: Readonly<Record<Shade, Parameters<typeof styleText>[0] | undefined>> = {
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  title: 'bold',
  faint: 'dim',
  plain: undefined,
  running: 'cyan',
  rejected: 'magenta',
  timedOut: 'yellow',
};

/** The text in the colour of its meaning. Whoever calls has decided that there are colours. */
export function paint(shade: Shade, text: string): string {
  const color = colors[shade];
  return color === undefined || text === ''
    ? text
    : styleText(color, text, { validateStream: false });
}
