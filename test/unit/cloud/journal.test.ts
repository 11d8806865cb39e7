import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Journal, journalFile, readJournal } from '../../../src/cloud/journal.ts';
import type { JournalEntry } from '../../../src/cloud/journal-entry.ts';
import { isNothingOpen, openResources } from '../../../src/cloud/open-resources.ts';
import { journalHeader, temporaryFolder } from '../../support/cloud.ts';

const header = journalHeader({ region: 'eu-west-1' });

async function newJournal(folder: string): Promise<Journal> {
  const journal = await Journal.create(folder, header);
  onTestFinished(() => journal.close());
  return journal;
}

function thing(op: JournalEntry['op'], name: string): JournalEntry {
  return { op, kind: 'thing', name };
}

it('what was appended is in the file when it is said to be, in order', async () => {
  const folder = temporaryFolder();
  const journal = await newJournal(folder);

  await Promise.all([journal.append(thing('intend', 'a')), journal.append(thing('made', 'a'))]);
  const text = readFileSync(join(folder, journalFile), 'utf8');

  expect(text.split('\n').slice(1)).toEqual([
    '{"op":"intend","kind":"thing","name":"a"}',
    '{"op":"made","kind":"thing","name":"a"}',
    '',
  ]);
  expect(await readJournal(folder)).toMatchObject({
    header,
    entries: [thing('intend', 'a'), thing('made', 'a')],
  });
});

it('a line torn by a crash is dropped, and the next one begins anew', async () => {
  const folder = temporaryFolder();
  await (await newJournal(folder)).append(thing('intend', 'a'));
  appendFileSync(join(folder, journalFile), '{"op":"made","ki');

  const content = await readJournal(folder);
  expect(content?.entries).toEqual([thing('intend', 'a')]);
  if (content === undefined) return;
  const journal = await Journal.resume(folder, content);
  await journal.append(thing('gone', 'a'));
  await journal.close();

  expect((await readJournal(folder))?.entries).toEqual([thing('intend', 'a'), thing('gone', 'a')]);
});

it('a folder without a journal, or with one that was never begun, has made nothing', async () => {
  const folder = temporaryFolder();
  expect(await readJournal(folder)).toBeUndefined();

  appendFileSync(join(folder, journalFile), '{"v":1,"ru');

  expect(await readJournal(folder)).toBeUndefined();
});

it.each([
  ['no JSON', 'nonsense'],
  ['an unknown kind', '{"op":"made","kind":"rocket","name":"a"}'],
])('%s amid the lines is told by its place', async (_, line) => {
  const folder = temporaryFolder();
  await newJournal(folder);
  appendFileSync(join(folder, journalFile), `${line}\n`);

  await expect(readJournal(folder)).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringContaining(`${journalFile}:2 is no line of a journal`),
  });
});

it('a prefix that no run has is refused: it says what may be deleted', async () => {
  const folder = temporaryFolder();
  appendFileSync(join(folder, journalFile), `${JSON.stringify({ ...header, prefix: 'p' })}\n`);

  await expect(readJournal(folder)).rejects.toMatchObject({ code: 'setup' });
});

it('a second journal in one folder is refused', async () => {
  const folder = temporaryFolder();
  await newJournal(folder);

  await expect(Journal.create(folder, header)).rejects.toMatchObject({ code: 'setup' });
});

const key = 'k';
const certificate = { kind: 'certificate', name: 'fleet', key } as const;
const arn = 'arn:aws:iot:eu-west-1:123456789012:cert/1';

it.each<[string, JournalEntry[]]>([
  ['nothing', []],
  ['a thing that is gone', [thing('intend', 'a'), thing('made', 'a'), thing('gone', 'a')]],
  [
    'a certificate that is gone',
    [
      { op: 'intend', ...certificate },
      { op: 'made', ...certificate, arn },
      { op: 'gone', ...certificate, arn },
    ],
  ],
  [
    'a certificate that was never made',
    [
      { op: 'intend', ...certificate },
      { op: 'gone', ...certificate },
    ],
  ],
  [
    'events that were restored',
    [
      { op: 'intend', kind: 'event-configuration', name: 'jobs', former: { JOB: false } },
      { op: 'gone', kind: 'event-configuration', name: 'jobs' },
    ],
  ],
])('%s leaves nothing open', (_, entries) => {
  expect(isNothingOpen(openResources(entries))).toBe(true);
});

it.each<[string, JournalEntry[]]>([
  ['a thing that was only intended', [thing('intend', 'a')]],
  ['a certificate that was not answered for', [{ op: 'intend', ...certificate }]],
  [
    'a certificate whose call was repeated, until it was looked for',
    [
      { op: 'intend', ...certificate },
      { op: 'made', ...certificate, arn, repeated: true },
      { op: 'gone', ...certificate, arn },
    ],
  ],
  ['a certificate of before on a thing', [{ op: 'intend', kind: 'attachment', name: 'a', arn }]],
])('%s is open', (_, entries) => {
  expect(isNothingOpen(openResources(entries))).toBe(false);
});

it('the event configuration of before is that of the first intent', () => {
  const intend = (former: Record<string, boolean>): JournalEntry => {
    return { op: 'intend', kind: 'event-configuration', name: 'jobs', former };
  };

  const open = openResources([intend({ JOB: false }), intend({})]);

  expect(open.formerEvents).toEqual({ JOB: false });
});
