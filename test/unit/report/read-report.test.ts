import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseReport, readReport } from '../../../src/report/read-report.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { summaryOf } from '../../support/summaries.ts';

function runFolder(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, 'run'));
  writeFileSync(join(root, 'run/report.json'), JSON.stringify(summaryOf()));
  return root;
}

it('reads a run folder, its report.json and what latest leads to', async () => {
  const root = runFolder();
  symlinkSync('run', join(root, 'latest'));

  for (const path of ['run', 'run/report.json', 'latest']) {
    expect((await readReport(join(root, path))).summary).toEqual(summaryOf());
  }
});

it('follows latest.txt where there are no links', async () => {
  const root = runFolder();
  writeFileSync(join(root, 'latest.txt'), 'run\n');

  expect((await readReport(join(root, 'latest'))).folder).toBe(join(root, 'run'));
});

it('says what is not there', async () => {
  const root = runFolder();

  await expect(readReport(join(root, 'gone'))).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/gone is not there$/),
    hint: expect.stringContaining('reports/latest'),
  });
  await expect(readReport(root)).rejects.toThrow('holds no report.json');
});

it.each([
  ['{\n  "a": 1,\n  oops\n}', 'r.json:3:3 is not JSON'],
  ['{\n  "a": [1, 2', 'r.json:2:13 is not JSON'],
  ['', 'r.json:1:1 is not JSON'],
])('tells where the text %j stops being JSON', (text, message) => {
  expect(() => parseReport(text, 'r.json')).toThrow(message);
});

it.each([
  [{ schemaVersion: 2 }, 'is a report of schema version 2; this fleetrig reads version 1'],
  [{ schemaVersion: '1' }, 'schema version "1"'],
  [{ name: 'x' }, 'is no report of fleetrig: it has no schemaVersion'],
  [[], 'it has no schemaVersion'],
  [null, 'it has no schemaVersion'],
])('takes no other version: %j', (json, message) => {
  expect(() => parseReport(JSON.stringify(json), 'r.json')).toThrow(message);
});

it('names members that it does not know, and those that do not fit', () => {
  const summary = summaryOf();
  const edited = {
    ...summary,
    surprise: 1,
    run: { ...summary.run, verdict: 'splendid' },
    jobs: [{ ...summary.jobs[0], mood: 'good' }],
  };

  const read = () => parseReport(JSON.stringify(edited), 'r.json');

  expect(read).toThrow(/surprise/);
  expect(read).toThrow(/mood[\s\S]*jobs\[0\]/);
  expect(read).toThrow(/run\.verdict/);
});

it('of very many problems it tells some and the number of the others', () => {
  const broken = { ...summaryOf(), assertions: Array.from({ length: 30 }, () => 1) };

  expect(() => parseReport(JSON.stringify(broken), 'r.json')).toThrow('… and 22 more');
});
