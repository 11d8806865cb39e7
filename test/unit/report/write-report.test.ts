import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
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
    'run.hlog',
    'report.html',
    'junit.xml',
    'summary.md',
    'timeseries.csv',
    'events.ndjson',
    'latency/update.hgrm',
    'latency/start-next.hgrm',
  ]);
  expect(Summary.parse(JSON.parse(files.get('report.json') ?? ''))).toEqual(
    summaryOf({ operations }),
  );
  expect(files.get('scenario.yaml')).toBe('name: canary\n');
  expect(files.get('run.hlog')).toContain('Tag=update,');
});

it('lists every thing where that was asked for, by name, job and attempt', async () => {
  const { folder, files } = memoryFolder();
  const row = {
    thing: 'pump-2',
    cohort: 'good',
    jobId: 'fw',
    executionNumber: 2,
    behaviour: 'fail',
    reported: 'FAILED',
    acknowledged: true,
    updated: false,
    noticed: 1.5,
  };

  await writeReport(folder, {
    summary: summaryOf(),
    intervals,
    scenarioYaml: '',
    things: [
      row,
      { ...row, executionNumber: 1 },
      { ...row, thing: 'pump-1', started: 2, ended: 3 },
    ],
  });

  expect(files.get('things.csv.gz')?.split('\n')).toEqual([
    'thing,cohort,jobId,executionNumber,behaviour,reported,acknowledged,updated,noticed,started,ended',
    'pump-1,good,fw,2,fail,FAILED,true,false,1.5,2,3',
    'pump-2,good,fw,1,fail,FAILED,true,false,1.5,,',
    'pump-2,good,fw,2,fail,FAILED,true,false,1.5,,',
    '',
  ]);
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
    write: async (path, content) => {
      files.set(path, typeof content === 'string' ? content : gunzipSync(content).toString());
    },
  };
  return { folder, files };
}

function temporaryFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'fleetrig-report-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  return root;
}
