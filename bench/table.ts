/** One measured number. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Name, value, unit: aligned, with as many digits as mean something, and how often it was before. */
export function renderTable(
  title: string,
  figures: readonly Figure[],
  ratioOf: (figure: Figure) => number | undefined = () => undefined,
): string {
  const nameWidth = Math.max(...figures.map(({ name }) => name.length));
  const unitWidth = Math.max(...figures.map(({ unit }) => unit.length));
  const lines = figures.map((figure) => {
    const { name, value, unit } = figure;
    const ratio = ratioOf(figure);
    const compared = ratio === undefined ? '' : `${unit.padEnd(unitWidth)}  × ${ratio.toFixed(2)}`;
    return `  ${name.padEnd(nameWidth)}  ${shown(value).padStart(10)} ${compared || unit}`;
  });
  return [title, ...lines].join('\n');
}

function shown(value: number): string {
  if (value === 0) return '0';
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}
