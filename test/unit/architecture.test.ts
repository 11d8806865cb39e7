import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

/** Each folder may import the folders listed for it, and itself. Order is bottom-up, so no cycles. */
const layers = {
  base: [],
  protocol: ['base'],
  metrics: ['base'],
  engine: ['base', 'protocol'],
  device: ['base', 'protocol'],
  emulator: ['base', 'protocol', 'metrics', 'engine'],
  fleet: ['base', 'protocol', 'metrics', 'device'],
  sim: ['base', 'protocol', 'metrics', 'engine', 'device'],
  scenario: ['base', 'protocol', 'metrics', 'device'],
  cloud: ['base', 'protocol', 'metrics', 'device', 'scenario'],
  report: ['base', 'metrics'],
  run: [
    'base',
    'protocol',
    'metrics',
    'device',
    'emulator',
    'fleet',
    'sim',
    'scenario',
    'cloud',
    'report',
  ],
  cli: ['base', 'emulator', 'scenario', 'cloud', 'report', 'run'],
} as const satisfies Record<string, readonly string[]>;

const pure = ['protocol', 'engine', 'device'];

const root = join(import.meta.dirname, '../../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

const imports = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, specifier = '']) => ({
      file,
      layer: file.split('/')[0] ?? '',
      specifier,
      target: specifier.startsWith('.')
        ? relative(root, join(root, dirname(file), specifier)).split('/')[0]
        : undefined,
    }),
  ),
);

it('every folder is a known layer, listed after what it uses', () => {
  const seen = new Set<string>();
  for (const [layer, uses] of Object.entries(layers)) {
    expect(
      uses.filter((used) => !seen.has(used)),
      layer,
    ).toEqual([]);
    seen.add(layer);
  }
  expect(files.filter((file) => !seen.has(file.split('/')[0] ?? ''))).toEqual([]);
});

it('imports only go down', () => {
  const allowed: Record<string, readonly string[]> = layers;
  const wrong = imports.filter(
    ({ layer, target }) =>
      target !== undefined && target !== layer && !allowed[layer]?.includes(target),
  );

  expect(wrong.map(({ file, specifier }) => `${file} -> ${specifier}`)).toEqual([]);
});

it('the pure layers import nothing that does I/O', () => {
  const wrong = imports.filter(
    ({ file, layer, target, specifier }) =>
      pure.includes(layer) &&
      target === undefined &&
      !['zod', 'mqtt-packet', 'node:assert/strict'].includes(specifier) &&
      // Hashes are as pure as sums; only signatures need them.
      !(specifier === 'node:crypto' && file === 'protocol/sigv4.ts'),
  );

  expect(wrong.map(({ file, specifier }) => `${file} -> ${specifier}`)).toEqual([]);
});
