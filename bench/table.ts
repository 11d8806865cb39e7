export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Name, value, unit: aligned, with as many digits as mean something. */
export function renderTable(title: string, figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const lines = figures.map(
    ({ name, value, unit }) => `  ${name.padEnd(width)}  ${shown(value).padStart(10)} ${unit}`,
  );
  return [title, ...lines].join('\n');
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}
