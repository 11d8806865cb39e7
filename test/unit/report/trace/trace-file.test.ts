import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { findTraces } from '../../../../src/report/trace/read-trace.ts';
import { diffTraces } from '../../../../src/report/trace/trace-diff.ts';
import { type TraceLine, traceFile } from '../../../../src/report/trace/trace-line.ts';
import { TraceWriter } from '../../../../src/report/trace/trace-writer.ts';
import { temporaryFolder } from '../../../support/cli.ts';
import { message, traceHeader } from '../../../support/traces.ts';

const update = (index: number) =>
  message('in', 'fw/update/accepted', { status: `S${index}` }, { t: index, name: `pump-${index}` });

async function write(lines: readonly TraceLine[], bound?: number) {
  const folder = temporaryFolder();
  const writer = new TraceWriter(join(folder, traceFile), bound);
  for (const line of [traceHeader, ...lines]) writer.write(line);
  await writer.close({ type: 'end', t: lines.length, messages: lines.length });
  return { folder, gap: writer.gap };
}

async function read(folder: string): Promise<TraceLine[]> {
  const [source] = await findTraces(folder, folder);
  const lines: TraceLine[] = [];
  for await (const line of source.lines()) lines.push(line);
  return lines;
}

const many = Array.from({ length: 3000 }, (_, index) => update(index));

it('reads back what was written', async () => {
  const { folder, gap } = await write(many);

  expect(gap).toBeUndefined();
  expect(await read(folder)).toEqual([
    traceHeader,
    ...many,
    { type: 'end', t: 3000, messages: 3000 },
  ]);
});

it('a disk that does not keep up leaves a gap and a last line, whatever comes meanwhile', async () => {
  const { folder, gap } = await write(many, 10_000);

  expect(gap).toBe('the disk was too slow for it');
  const lines = await read(folder);
  expect(lines.length).toBeLessThan(200);
  expect(lines.at(-1)).toMatchObject({ type: 'end' });
});

it('a file that cannot be written leaves a gap, and no error', async () => {
  const writer = new TraceWriter(join(temporaryFolder(), 'nowhere', traceFile));

  await writer.close({ type: 'end', t: 0, messages: 0 });

  expect(writer.gap).toBe('it could not be written: it is not there');
});

it('what a killed run has left is read as far as it goes', async () => {
  const { folder } = await write(many);
  const file = join(folder, traceFile);
  const whole = readFileSync(file);
  writeFileSync(file, whole.subarray(0, whole.length - 200));

  const lines = await read(folder);

  expect(lines.length).toBeGreaterThan(1000);
  expect(lines.slice(1)).toEqual(many.slice(0, lines.length - 1));
  const { remarks } = await diffTraces(...(await findTraces(folder, folder)));
  expect(remarks).toContain('a was killed: it is compared as far as it goes');
});

it('names every folder without a recording, and how to make one', async () => {
  const { folder } = await write([]);
  const empty = temporaryFolder();

  await expect(findTraces(join(empty, 'none'), empty)).rejects.toMatchObject({
    code: 'usage',
    message: `${join(empty, 'none')} is not there\n${empty} holds no ${traceFile}`,
    hint: expect.stringContaining('--record'),
  });
  await expect(findTraces(folder, join(folder, traceFile))).resolves.toHaveLength(2);
});

it.each<[string, Uint8Array, RegExp]>([
  ['no gzip', Buffer.from('plain'), /^cannot read .*: incorrect header check/],
  ['nothing', gzipSync(''), /is no trace of fleetrig$/],
  ['other JSON', gzipSync('{"a":1}\n'), /is no trace of fleetrig$/],
  ['another version', gzipSync('{"type":"run","traceVersion":9}\n'), /is a trace of version 9;/],
  ['no JSON', gzipSync(`${JSON.stringify(traceHeader)}\n{"a\n`), /:2 is not JSON/],
])('refuses %s', async (_, bytes, problem) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, traceFile), bytes);

  await expect(read(folder)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(problem),
  });
});
