import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** Packages that are loaded before a module runs a line: what it imports, but not what it may import later. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, specifier = ''] of text.matchAll(
    /^(?:import|export)\s(?!type\b)[^;]*?from\s+'([^']+)'/gms,
  )) {
    if (!specifier.startsWith('.')) packages.add(specifier);
    else for (const each of packagesOf(join(dirname(file), specifier), seen)) packages.add(each);
  }
  return packages;
}

it('the overview waits for nothing but Node', () => {
  const loaded = packagesOf(join(root, 'src/cli/bin.ts'));

  expect([...loaded].filter((name) => !name.startsWith('node:'))).toEqual([]);
  expect(loaded).toContain('node:fs'); // the walk got somewhere
});

it('the help of a command waits for the parser only', () => {
  const loaded = packagesOf(join(root, 'src/cli/parser.ts'));

  expect([...loaded].filter((name) => !name.startsWith('node:'))).toEqual(['yargs']);
});
