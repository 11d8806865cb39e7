import { type ColorName, paint } from '../chart/palette.ts';
import { type Html, html, trusted } from './markup.ts';

export interface Part {
  readonly amount: number;
  readonly color: ColorName;
}

const height = 10;
/** So that a neighbour of the same brightness does not run into it. */
const gap = 1;

/** Parts of `whole` side by side, for the eye: the figures stand beside it as text. */
export function renderShareBar(parts: readonly Part[], whole: number, width = 160): Html {
  let x = 0;
  const boxes = parts
    .filter(({ amount }) => amount > 0)
    .map(({ amount, color }) => {
      const left = x;
      x += (amount / Math.max(whole, 1e-9)) * width;
      const wide = Math.max(0.5, Math.min(x, width) - left - gap);
      return `<rect x="${left.toFixed(1)}" width="${wide.toFixed(1)}" height="${height}" ${paint({ fill: color })}/>`;
    });
  return html`<svg class="bar" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true">${trusted(
    `<rect width="${width}" height="${height}" ${paint({ fill: 'shade' })}/>${boxes.join('')}`,
  )}</svg>`;
}
