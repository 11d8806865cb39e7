/**
 * The same picture in fewer bytes: the long paths of a chart told as steps from point to point instead of
 * places. Only paths of moves, lines and closings in tenths, as charts have them; others stay.
 */
export function compactPaths(svg: string): string {
  return svg.replaceAll(/ d="((?:[ML]-?[\d.]+,-?[\d.]+|Z)+)"/g, (_, path: string) => {
    return ` d="${compactPath(path)}"`;
  });
}

/** Places are counted in tenths, so that a thousand steps add up to where they should end. */
function compactPath(path: string): string {
  let at: Place = [0, 0];
  let start: Place = at;
  let last = '';
  let told = '';
  for (const [whole, command, x = '', y = ''] of path.matchAll(/([ML])([^,]+),([^MLZ]+)|Z/g)) {
    if (command === undefined) {
      at = start;
      last = 'z';
      told += last;
      continue;
    }
    const next: Place = [tenths(x), tenths(y)];
    if (command === 'M') {
      start = next;
      last = command;
      told += whole;
    } else {
      const step = stepOf(next[0] - at[0], next[1] - at[1]);
      told += step.command === last ? joined(step.text) : step.command + step.text;
      last = step.command;
    }
    at = next;
  }
  return told;
}

type Place = readonly [x: number, y: number];

/** A command holds for all that follows, and a sign parts numbers as well as a space. */
function joined(text: string): string {
  return text.startsWith('-') ? text : ` ${text}`;
}

function stepOf(dx: number, dy: number): { readonly command: string; readonly text: string } {
  if (dy === 0) return { command: 'h', text: tell(dx) };
  if (dx === 0) return { command: 'v', text: tell(dy) };
  const [across, along] = [tell(dx), tell(dy)];
  return { command: 'l', text: across + joined(along) };
}

function tenths(text: string): number {
  return Math.round(Number(text) * 10);
}

/** `-.7`: without the zero that nobody needs. */
function tell(value: number): string {
  return String(value / 10).replace(/^(-?)0\./, '$1.');
}
