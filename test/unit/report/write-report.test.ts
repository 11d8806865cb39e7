import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { expect, it, onTestFinished } from 'vitest';
import { diskFolder, type Folder, pointToLatest } from '../../../src/report/folder.ts';
import { Summary } from '../../../src/report/summary.ts';
import { writeReport } from '../../../src/report/write-report.ts';
import { histogramOf, operationOf, summaryOf } from '../../support/summaries.ts';

const intervals = [
  {
    operation: 'update',
    startAt: 0,
    endAt: 1000,
    hdrBase64: encodeIntoCompressedBase64(histogramOf(1500)),
  },
];

it('leaves every file of a run, its source first', async () => {
  const { folder, files } = memoryFolder();
  const operations = [operationOf(), operationOf({ name: 'start-next' })];

  await writeReport(folder, {
    summary: summaryOf({ operations }),
    intervals,
    scenarioYaml: 'name: canary\n',
  });

  expect([...files.keys()]).toEqual([
    'report.json',
    'scenario.yaml',
    'junit.xml',
    'summary.md',
    'timeseries.csv',
    'events.ndjson',
    'latency/update.hgrm',
    'latency/start-next.hgrm',
    'run.hlog',
  ]);
  expect(Summary.parse(JSON.parse(files.get('report.json') ?? ''))).toEqual(
    summaryOf({ operations }),
  );
  expect(files.get('scenario.yaml')).toBe('name: canary\n');
  expect(files.get('run.hlog')).toContain('Tag=update,');
});

it('a broken summary is our fault, named before anything is written', async () => {
  const { folder, files } = memoryFolder();
  const summary = summaryOf({ fleet: { ...summaryOf().fleet, reconnects: -1 } });

  await expect(writeReport(folder, { summary, intervals, scenarioYaml: '' })).rejects.toThrow(
    /broken summary:[\s\S]*fleet\.reconnects/,
  );
  expect(files.size).toBe(0);
});

it('replaces files whole and leaves no temporary ones', async () => {
  const root = temporaryFolder();
  const folder = diskFolder(join(root, 'run'));

  await folder.write('latency/update.hgrm', 'a long first text');
  await folder.write('latency/update.hgrm', 'short');

  expect(readdirSync(join(root, 'run/latency'))).toEqual(['update.hgrm']);
  expect(readFileSync(join(root, 'run/latency/update.hgrm'), 'utf8')).toBe('short');
});

it('a write that fails leaves the old file', async () => {
  const root = temporaryFolder();
  const folder = diskFolder(root);
  await folder.write('report.json', 'old');
  mkdirSync(join(root, `report.json.${process.pid}.tmp`));

  await expect(folder.write('report.json', 'new')).rejects.toThrow();

  expect(readFileSync(join(root, 'report.json'), 'utf8')).toBe('old');
});

it('writes nothing outside its folder', async () => {
  const root = temporaryFolder();

  await expect(diskFolder(join(root, 'run')).write('../report.json', '')).rejects.toThrow(
    'leads out',
  );
  expect(readdirSync(root)).toEqual([]);
});

it('latest leads to the last run', async () => {
  const root = temporaryFolder();

  await pointToLatest(root, 'first', 'linux');
  await pointToLatest(root, 'second', 'linux');

  expect(readlinkSync(join(root, 'latest'))).toBe('second');
  expect(readdirSync(root)).toEqual(['latest']);
});

it('a folder that someone called latest is theirs', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'latest'));

  await pointToLatest(root, 'first', 'linux');

  expect(readdirSync(root)).toEqual(['latest']);
  expect(() => readlinkSync(join(root, 'latest'))).toThrow();
});

it('on Windows latest is a file', async () => {
  const root = temporaryFolder();

  await pointToLatest(root, 'first', 'win32');

  expect(readFileSync(join(root, 'latest.txt'), 'utf8')).toBe('first\n');
});

function memoryFolder(): { folder: Folder; files: Map<string, string> } {
  const files = new Map<string, string>();
  const folder: Folder = {
    write: async (path, text) => {
      files.set(path, text);
    },
  };
  return { folder, files };
}

function temporaryFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'fleetrig-report-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  return root;
}
