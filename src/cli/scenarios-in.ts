import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The scenarios of a project by their paths in it, in order; none where its folder of them is missing. */
export function scenariosIn(folder: string): string[] {
  try {
    return readdirSync(join(folder, 'scenarios'))
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => `scenarios/${name}`);
  } catch {
    return [];
  }
}
