import { execFileSync } from 'node:child_process';

/** System tests run the built command: build it when the sources have changed. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/ready.mjs'], { stdio: 'inherit' });
}
