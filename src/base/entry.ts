import { fileURLToPath } from 'node:url';

/** A file to start as a process or a thread of its own, and the Node flags it needs. */
export interface Entry {
  readonly file: string;
  readonly execArgv: readonly string[];
}

/**
 * Finds a sibling module by name, whether we run from `src` (through tsx) or from `dist`.
 * `importer` is the caller's `import.meta.url`.
 */
export function entryBeside(importer: string, name: string): Entry {
  const isSource = importer.endsWith('.ts');
  const file = fileURLToPath(new URL(`./${name}.${isSource ? 'ts' : 'js'}`, importer));
  return { file, execArgv: isSource ? ['--import', import.meta.resolve('tsx')] : [] };
}
