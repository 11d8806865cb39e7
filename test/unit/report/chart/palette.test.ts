import { describe, expect, it } from 'vitest';
import {
  type ColorName,
  colorNames,
  paint,
  palette,
  themeRules,
  themeVariables,
} from '../../../../src/report/chart/palette.ts';

/** Relative luminance as WCAG 2 has it. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

describe.each(['light', 'dark'] as const)('the %s palette', (theme) => {
  const on = (color: ColorName, ground: ColorName) =>
    contrast(palette[color][theme], palette[ground][theme]);

  it.each(['ink', 'muted', 'alarm'] as const)('has %s readable as text', (color) => {
    expect(on(color, 'paper')).toBeGreaterThanOrEqual(4.5);
  });

  const lines = ['notified', 'succeeded', 'failed', 'alarm'] as const;
  const sets = colorNames.filter((name) => name.startsWith('set-'));
  it.each([...lines, ...sets])('has %s visible as a line', (color) => {
    expect(on(color, 'paper')).toBeGreaterThanOrEqual(3);
    expect(on(color, 'shade')).toBeGreaterThanOrEqual(2.9);
  });

  it('gives every colour a variable, and a rule to use it', () => {
    for (const name of colorNames) {
      expect(themeVariables(theme)).toContain(`--c-${name}:${palette[name][theme]}`);
      expect(themeRules()).toContain(`.f-${name}{fill:var(--c-${name})}`);
    }
  });
});

it('a shape has its light colours, and one list of classes to override them', () => {
  expect(paint({ fill: 'ink', stroke: 'paper' })).toBe(
    'fill="#1c232b" stroke="#ffffff" class="f-ink s-paper"',
  );
  expect(paint({ stroke: 'grid' })).toBe('fill="none" stroke="#e7eaee" class="s-grid"');
});
