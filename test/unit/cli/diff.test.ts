import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { type TraceLine, traceFile } from '../../../src/report/trace/trace-line.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { memoryIo } from '../../support/memory-io.ts';
import { jobState, message, traceHeader } from '../../support/traces.ts';

const answer = (versionNumber: number) => [
  message('in', 'fw/update/accepted', { executionState: { status: 'FAILED', versionNumber } }),
  jobState('COMPLETED', 60_000),
];

/** Run folders `a`, `same` and `other`, and one that was not recorded. */
function runs(): string {
  const root = temporaryFolder();
  const recordings = { a: answer(2), same: answer(2), other: answer(3), silent: undefined };
  for (const [name, lines] of Object.entries(recordings)) {
    mkdirSync(join(root, name));
    if (lines !== undefined) writeTrace(join(root, name), lines);
  }
  return root;
}

function writeTrace(folder: string, lines: readonly TraceLine[]): void {
  const all = [traceHeader, ...lines, { type: 'end', t: 90_000, messages: lines.length }];
  const text = all.map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(join(folder, traceFile), gzipSync(text));
}

async function diff(...args: readonly string[]) {
  const io = memoryIo({ cwd: runs() });
  const code = await main(['diff', ...args], io);
  return { code, output: io.output, errors: io.errors };
}

it('exits with 0 and says so when two recordings are the same', async () => {
  const told = await diff('a', 'same');

  expect(told).toMatchObject({ code: 0, errors: '' });
  expect(told.output).toBe(
    'THE SAME\n  ✓ nothing differs\n  · 0 of 1 job and 0 of 1 thing differ; 1 and 1 messages compared\n',
  );
});

it('exits with 99 and shows both payloads side by side when they part', async () => {
  const told = await diff('a', 'other');

  expect(told).toMatchObject({ code: 99, errors: '' });
  expect(told.output).toContain(
    '✗ first at 0ms: pump-0: in fw/update/accepted: executionState.versionNumber\n',
  );
  expect(told.output).toMatch(/executionState\.status +FAILED +FAILED\n/);
  expect(told.output).toMatch(/executionState\.versionNumber +2 +3 +≠\n/);
});

it('tells everything as JSON', async () => {
  const { code, output } = await diff('a', 'other', '--json');

  expect(code).toBe(99);
  expect(JSON.parse(output)).toMatchObject({
    same: false,
    first: { thing: 'pump-0', fields: [{ path: 'executionState.versionNumber', a: 2, b: 3 }] },
    things: { compared: 1, diverging: 1 },
    jobs: { compared: 1, diverging: 0 },
    kinds: [{ subjects: 1, occurrences: 1, first: { a: { payload: expect.anything() } } }],
  });
  expect(JSON.parse((await diff('a', 'same', '--json')).output)).toMatchObject({ same: true });
});

it('exits with 2 and says how to record where there is no recording', async () => {
  const told = await diff('a', 'silent');

  expect(told).toMatchObject({ code: 2, output: '' });
  expect(told.errors).toMatch(/silent holds no trace\.ndjson\.gz[\s\S]*--record/);
});
