// Makes a checkout ready to run, doing only what is missing: dependencies from the lock file, then
// the build. Needs nothing but Node and npm. `npm start` and `npm test` call it first.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(root, ...parts);

checkNode();
if (!isInstalled()) {
  step('installing the locked dependencies');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
}
const wanted = sourceHash();
if (wanted !== builtHash()) {
  step('building');
  // Beside the old build and swapped in whole: a command that runs meanwhile finds one or the other.
  const fresh = at(`.dist-${process.pid}`);
  const tsc = at('node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', at('tsconfig.json'), '--outDir', fresh];
  execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  writeFileSync(join(fresh, '.source-hash'), wanted);
  rmSync(at('dist'), { recursive: true, force: true });
  renameSync(fresh, at('dist'));
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`fleetrig needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(3);
}

/** Whether every package of the lock file is there in the locked version (npm keeps its own record). */
function isInstalled() {
  const recordFile = at('node_modules/.package-lock.json');
  if (!existsSync(recordFile)) return false;
  const locked = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(recordFile, 'utf8')).packages;
  return Object.entries(locked).every(
    ([path, { version, optional, devOptional, peer }]) =>
      path === '' ||
      installed[path]?.version === version ||
      ((optional || devOptional || peer) && installed[path] === undefined),
  );
}

function sourceHash() {
  const hash = createHash('sha256');
  const sources = readdirSync(at('src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => join('src', file));
  for (const file of ['package.json', 'tsconfig.json', ...sources]) {
    hash.update(`${file}\0`).update(readFileSync(at(file)));
  }
  return hash.digest('hex');
}

function builtHash() {
  const file = at('dist/.source-hash');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function step(what) {
  console.error(`fleetrig: ${what}…`);
}
