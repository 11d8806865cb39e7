import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { memoryIo } from '../../support/memory-io.ts';

const root = join(import.meta.dirname, '../../..');
const deploy = join(root, 'deploy');

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** What proves the alert rules is of no use to those who have them. */
const own = filesBelow(deploy).filter((file) => !/test/.test(file));

it('writes all that is shipped for Prometheus and Grafana, and says what comes next', async () => {
  const cwd = temporaryFolder();
  const io = memoryIo({ cwd });

  const exitCode = await main(['grafana', '--out', 'here'], io);

  expect(exitCode).toBe(0);
  expect(filesBelow(join(cwd, 'here'))).toEqual(own);
  for (const file of own) {
    expect(io.output).toContain(`wrote here/${file}\n`);
    expect(readFileSync(join(cwd, 'here', file), 'utf8')).toBe(
      readFileSync(join(deploy, file), 'utf8'),
    );
  }
  expect(io.output).toContain('next: docker compose -f here/compose.yaml up -d');
});

it('leaves what was changed since, unless forced', async () => {
  const cwd = temporaryFolder();
  const changed = join(cwd, 'monitoring/prometheus/prometheus.yml');
  await main(['grafana'], memoryIo({ cwd }));
  appendFileSync(changed, '# mine\n');
  const refused = memoryIo({ cwd });
  const forced = memoryIo({ cwd });

  expect(await main(['grafana'], refused)).toBe(2);
  expect(refused.errors).toContain('prometheus/prometheus.yml');
  expect(readFileSync(changed, 'utf8')).toContain('# mine');
  expect(await main(['grafana', '--force'], forced)).toBe(0);
  expect(forced.output).toContain('wrote monitoring/prometheus/prometheus.yml\n');
  expect(forced.output).toContain(`${own.length - 1} of ${own.length} files are there already`);
  expect(readFileSync(changed, 'utf8')).not.toContain('# mine');
});

it('finds them in the package that is published', () => {
  const listing = execFileSync('npm', ['pack', '--dry-run', '--json'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files = [] } = {}] = JSON.parse(listing) as { files?: { path: string }[] }[];

  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(own.map((file) => `deploy/${file}`)),
  );
});
