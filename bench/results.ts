import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './table.ts';

/** What a run of benches leaves behind: figures by bench, and what they were measured on. */
export interface Results {
  readonly date: string;
  readonly node: string;
  readonly machine: {
    readonly platform: string;
    readonly cpu: string;
    readonly cpus: number;
    readonly memoryBytes: number;
    /** Of the last minute, before the first bench. */
    readonly load: number;
  };
  readonly commit: string;
  /** Every figure is the median of so many runs. */
  readonly repeats: number;
  readonly benches: Readonly<Record<string, readonly Figure[]>>;
}

const folder = '.cache/bench';

export function describeSurroundings(): Omit<Results, 'benches' | 'repeats'> {
  const all = cpus();
  return {
    date: new Date().toISOString(),
    node: process.versions.node,
    machine: {
      platform: `${process.platform} ${process.arch}`,
      cpu: all[0]?.model ?? '',
      cpus: all.length,
      memoryBytes: totalmem(),
      load: loadavg()[0] ?? 0,
    },
    commit: commitOf(),
  };
}

/** To `.cache/bench/<name>.json`. */
export function saveResults(name: string, results: Results): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(results, undefined, 2)}\n`);
}

export function readResults(file: string): Results {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The runs of one bench as one: each figure is the median of those of its name. */
export function medianOf(runs: readonly (readonly Figure[])[]): Figure[] {
  return (runs[0] ?? []).map(({ name, unit }) => {
    const values = runs.flatMap((run) => run.filter((each) => each.name === name));
    return { name, unit, value: median(values.map(({ value }) => value)) };
  });
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** How often the old value a figure is; undefined when there is no old one. */
export function ratioTo(
  old: Results | undefined,
  bench: string,
  { name, unit, value }: Figure,
): number | undefined {
  const before = old?.benches[bench]?.find((each) => each.name === name && each.unit === unit);
  return before === undefined || before.value === 0 ? undefined : value / before.value;
}

function commitOf(): string {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}
