import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, createGunzip } from 'node:zlib';
import { AppError, messageOf } from '../../base/errors.ts';
import { tellFileProblem } from '../../base/file-problem.ts';
import { latestOf } from '../read-report.ts';
import { type TraceHeader, type TraceLine, traceFile, traceVersion } from './trace-line.ts';

/** A recording on disk, to be gone through as often as needed without ever holding all of it. */
export interface TraceSource {
  readonly path: string;
  readonly lines: () => AsyncIterable<TraceLine>;
}

/**
 * The recordings of run folders, or such files themselves. Throws AppError with everything that is
 * missing.
 */
export async function findTraces(
  pathA: string,
  pathB: string,
): Promise<readonly [TraceSource, TraceSource]> {
  const a = await locate(pathA);
  const b = await locate(pathB);
  if (a.ok && b.ok) return [sourceOf(a.file), sourceOf(b.file)];
  const problems = [a, b].flatMap((located) => (located.ok ? [] : [located.problem]));
  throw new AppError('usage', problems.join('\n'), {
    hint: 'only a run that was asked to keeps its messages: repeat it with --record',
  });
}

function sourceOf(path: string): TraceSource {
  return { path, lines: () => readLines(path) };
}

type Located =
  | { readonly ok: true; readonly file: string }
  | { readonly ok: false; readonly problem: string };

async function locate(path: string): Promise<Located> {
  const real = await latestOf(path);
  const found = await stat(real).catch(() => undefined);
  if (found === undefined) return { ok: false, problem: `${path} is not there` };
  if (!found.isDirectory()) return { ok: true, file: real };
  const file = join(real, traceFile);
  if ((await stat(file).catch(() => undefined)) !== undefined) return { ok: true, file };
  return { ok: false, problem: `${path} holds no ${traceFile}` };
}

/** What a run that was killed has left reads up to where it ends. */
async function* readLines(file: string): AsyncGenerator<TraceLine> {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  const stream = createReadStream(file);
  stream.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  gunzip.setEncoding('utf8');
  let rest = '';
  let number = 0;
  try {
    for await (const chunk of gunzip) {
      const texts = (rest + chunk).split('\n');
      rest = texts.pop() ?? '';
      for (const text of texts) {
        number++;
        const line = parseLine(text, `${file}:${number}`);
        if (number === 1) checkHeader(line, file);
        yield line;
      }
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('usage', `cannot read ${file}: ${tellFileProblem(cause)}`, { cause });
  } finally {
    stream.destroy();
  }
  if (number === 0) throw notATrace(file);
}

function parseLine(text: string, place: string): TraceLine {
  try {
    return JSON.parse(text) as TraceLine;
  } catch (cause) {
    throw new AppError('usage', `${place} is not JSON: ${messageOf(cause)}`, {
      hint: 'the file was edited; repeat the run with --record',
      cause,
    });
  }
}

function checkHeader(line: unknown, file: string): asserts line is TraceHeader {
  const header = (line ?? {}) as Partial<TraceHeader>;
  if (header.type !== 'run' || header.traceVersion === undefined) throw notATrace(file);
  if (header.traceVersion === traceVersion) return;
  throw new AppError(
    'usage',
    `${file} is a trace of version ${JSON.stringify(header.traceVersion)}; this fleetrig reads version ${traceVersion}`,
    { hint: 'use the version of fleetrig that made it, or repeat the run' },
  );
}

function notATrace(file: string): AppError {
  return new AppError('usage', `${file} is no trace of fleetrig`, {
    hint: `name the folder of a run that was recorded, or its ${traceFile}`,
  });
}
