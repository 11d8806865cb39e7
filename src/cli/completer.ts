import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const wantsScenario = new Set(['run', 'predict', 'validate', 'doctor']);
const wantsRunFolder = new Set(['report', 'compare', 'diff']);

/**
 * Scenarios or run folders that fit where the cursor is, in which `words` are the line so far without
 * options, the program first. Undefined where something else is wanted, such as an option or its value.
 */
export function completePlace(
  current: string,
  words: readonly string[],
  cwd: string,
): readonly string[] | undefined {
  const [, command = '', ...operands] = words;
  if (operands.at(-1) !== current) return undefined;
  if (wantsScenario.has(command)) return placesAt(current, cwd, isScenario);
  if (wantsRunFolder.has(command)) return placesAt(current || 'reports/', cwd, isRunFolder);
  return undefined;
}

interface Entry {
  readonly path: string;
  readonly isFolder: boolean;
}

/** What begins as `current` does and is wanted, and the folders that may lead there. */
function placesAt(
  current: string,
  cwd: string,
  isWanted: (entry: Entry) => boolean,
): readonly string[] {
  const folder = current.slice(0, current.lastIndexOf('/') + 1);
  return listed(join(cwd, folder)).flatMap(({ path: name, isFolder }) => {
    const typed = `${folder}${name}`;
    if (!typed.startsWith(current) || name.startsWith('.') || name === 'node_modules') return [];
    if (isWanted({ path: join(cwd, typed), isFolder })) return [typed];
    return isFolder ? [`${typed}/`] : [];
  });
}

function listed(folder: string): Entry[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .map((entry) => ({ path: entry.name, isFolder: entry.isDirectory() }))
      .sort((a, b) => a.path.localeCompare(b.path));
  } catch {
    // A folder that is not there has nothing to offer.
    return [];
  }
}

function isScenario({ path, isFolder }: Entry): boolean {
  return !isFolder && /\.ya?ml$/.test(path);
}

/** `reports/latest` is a link: whether it leads to a folder does not matter. */
function isRunFolder({ path }: Entry): boolean {
  return existsSync(join(path, 'report.json'));
}
