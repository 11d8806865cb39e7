import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { diskFolder } from '../../../src/report/folder.ts';
import { writeReport } from '../../../src/report/write-report.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { memoryIo } from '../../support/memory-io.ts';
import { operationOf, summaryOf } from '../../support/summaries.ts';

/** Not made from report.json, so never touched. */
const originals = ['report.json', 'run.hlog', 'scenario.yaml', 'things.csv.gz', 'metrics.om'];

async function finishedRun(): Promise<string> {
  const folder = join(temporaryFolder(), 'run');
  await writeReport(diskFolder(folder), {
    summary: summaryOf({ operations: [operationOf(), operationOf({ name: 'start-next' })] }),
    intervals: [],
    scenarioYaml: 'name: canary\n',
    things: [],
  });
  writeFileSync(join(folder, 'metrics.om'), '# EOF\n');
  return folder;
}

function filesOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('.'),
  );
  return new Map(
    names.map((name) => [name, readFileSync(join(folder, name)).toString('base64')] as const),
  );
}

it('makes every derived file again, byte for byte, and leaves the others alone', async () => {
  const folder = await finishedRun();
  const before = filesOf(folder);
  for (const name of before.keys()) {
    if (!originals.includes(name)) rmSync(join(folder, name));
  }
  const io = memoryIo();

  expect(await main(['report', folder], io), io.errors).toBe(0);

  expect(filesOf(folder)).toEqual(before);
  const written = [...before.keys()].filter((name) => !originals.includes(name));
  expect(written).toContain('junit.xml');
  expect(written).toContain(join('latency', 'start-next.hgrm'));
  expect(io.output.trim().split('\n')).toHaveLength(written.length);
  for (const name of originals) expect(io.output).not.toContain(name);
});

it('writes elsewhere when told to, from a report.json alone', async () => {
  const folder = await finishedRun();
  const alone = temporaryFolder();
  writeFileSync(join(alone, 'report.json'), readFileSync(join(folder, 'report.json')));
  const io = memoryIo({ cwd: alone });

  expect(await main(['report', 'report.json', '--out', 'again'], io), io.errors).toBe(0);

  expect(readdirSync(alone).sort()).toEqual(['again', 'report.json']);
  const [fresh, first] = [filesOf(join(alone, 'again')), filesOf(folder)];
  expect(fresh.size).toBeGreaterThan(4);
  for (const [name, content] of fresh) expect(content, name).toBe(first.get(name));
  expect(io.output).toContain('wrote again/junit.xml\n');
});

it('says what is in the way of a folder to write to', async () => {
  const folder = await finishedRun();
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'taken'), '');
  const io = memoryIo({ cwd });

  expect(await main(['report', folder, '--out', 'taken/below'], io)).toBe(3);

  expect(io.errors).toMatch(/^cannot write .*report\.html: a part of its path is a file\n/);
  expect(io.errors).toContain('--out');
  expect(io.errors).not.toContain('internal error');
});

it('a folder that is none, or a broken report, is a usage error and nothing is written', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'run'));
  writeFileSync(join(folder, 'run', 'report.json'), '{"schemaVersion": 1, oops}');
  const io = memoryIo();

  expect(await main(['report', join(folder, 'gone')], io)).toBe(2);
  expect(await main(['report', join(folder, 'run')], io)).toBe(2);

  expect(io.errors).toContain('gone is not there');
  expect(io.errors).toContain('report.json:1:22 is not JSON');
  expect(readdirSync(join(folder, 'run'))).toEqual(['report.json']);
});
