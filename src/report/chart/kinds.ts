import { operations } from '../../metrics/recorder.ts';
import type { Dash, Mark } from './chart.ts';
import type { ColorName } from './palette.ts';

const colors = ['set-1', 'set-2', 'set-3', 'set-4', 'set-5', 'set-6', 'set-7', 'set-8'] as const;
const marks = ['circle', 'square', 'diamond', 'triangle', 'cross'] as const;
const dashes = ['solid', 'dashed', 'dash-dot'] as const;

interface Kind {
  readonly color: ColorName;
  readonly mark: Mark;
}

/** A colour and a mark for each of up to 40 things of a kind, so that none is told by colour alone. */
function kindOf(index: number): Kind {
  return {
    color: colors[index % colors.length] ?? 'set-1',
    mark: marks[index % marks.length] ?? 'circle',
  };
}

/** The same operation looks the same in every chart of every run. */
export function kindOfOperation(name: string): Kind {
  const names: readonly string[] = operations;
  const index = names.indexOf(name);
  return kindOf(index < 0 ? operations.length : index);
}

/** Where marks would be too much: a colour and a dash for each of up to 24. */
export function dashedKindOf(index: number): { readonly color: ColorName; readonly dash: Dash } {
  return {
    color: colors[index % colors.length] ?? 'set-1',
    dash: dashes[index % dashes.length] ?? 'solid',
  };
}
