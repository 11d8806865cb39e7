import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../base/errors.ts';
import { isMissing, tellFileProblem } from '../base/file-problem.ts';
import { JournalEntry, JournalHeader } from './journal-entry.ts';
import { applyEntry, type OpenResources, openResources } from './open-resources.ts';

/** In the run folder: everything the run was about to make in the account, and what became of it. */
export const journalFile = 'resources.ndjson';

export interface JournalContent {
  readonly header: JournalHeader;
  readonly entries: readonly JournalEntry[];
  /** How much of the file is whole lines. */
  readonly bytes: number;
}

/** Appends lines that are on the disk before its promises resolve; one sync serves all who wait for one. */
export class Journal {
  readonly path: string;
  readonly header: JournalHeader;
  /** What the lines so far leave open, those on their way to the disk included. */
  readonly open: OpenResources;
  readonly #file: FileHandle;
  readonly #waiting: string[] = [];
  #tail: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  private constructor(
    path: string,
    file: FileHandle,
    { header, entries }: Pick<JournalContent, 'header' | 'entries'>,
  ) {
    this.path = path;
    this.header = header;
    this.open = openResources(entries);
    this.#file = file;
  }

  /** Begins one in a run folder that has none; AppError when it cannot be written. */
  static async create(folder: string, header: JournalHeader): Promise<Journal> {
    const path = join(folder, journalFile);
    try {
      const journal = new Journal(path, await open(path, 'ax', 0o600), { header, entries: [] });
      await journal.#write(`${JSON.stringify(header)}\n`);
      await syncFolder(dirname(path));
      return journal;
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  }

  /** Goes on with one that {@link readJournal} has read; a line torn by a crash is dropped. */
  static async resume(folder: string, content: JournalContent): Promise<Journal> {
    const path = join(folder, journalFile);
    try {
      const file = await open(path, 'r+');
      await file.truncate(content.bytes);
      await file.close();
      return new Journal(path, await open(path, 'a'), content);
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  }

  append(...entries: readonly JournalEntry[]): Promise<void> {
    for (const entry of entries) {
      applyEntry(this.open, entry);
      this.#waiting.push(`${JSON.stringify(entry)}\n`);
    }
    this.#next ??= this.#tail.then(() => this.#flush());
    return this.#next;
  }

  async close(): Promise<void> {
    await (this.#next ?? this.#tail).catch(() => undefined);
    await this.#file.close();
  }

  #flush(): Promise<void> {
    const text = this.#waiting.splice(0).join('');
    this.#next = undefined;
    this.#tail = this.#write(text).catch((cause: unknown) => {
      throw cannotWrite(this.path, cause);
    });
    return this.#tail;
  }

  async #write(text: string): Promise<void> {
    await this.#file.appendFile(text);
    await this.#file.datasync();
  }
}

/** Undefined where a folder holds no journal: the run has made nothing in any account. */
export async function readJournal(folder: string): Promise<JournalContent | undefined> {
  const path = join(folder, journalFile);
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new AppError('setup', `cannot read ${path}: ${tellFileProblem(cause)}`, { cause });
  }
  return parseJournal(content, path);
}

/** Whatever follows the last line's end was torn off by a crash. Undefined before the first line's end. */
function parseJournal(content: Uint8Array, path: string): JournalContent | undefined {
  const bytes = content.lastIndexOf(10) + 1;
  const [first, ...rest] = Buffer.from(content.subarray(0, bytes)).toString().split('\n');
  if (bytes === 0 || first === undefined) return undefined;
  rest.pop();
  const header = parseLine(JournalHeader, first, `${path}:1`);
  const entries = rest.map((line, index) => parseLine(JournalEntry, line, `${path}:${index + 2}`));
  return { header, entries, bytes };
}

function parseLine<T extends z.ZodType>(schema: T, line: string, place: string): z.output<T> {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    json = undefined;
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new AppError('setup', `${place} is no line of a journal of this version of fleetrig`, {
    hint: 'restore the file, or remove what the run has made by hand: names and tags tell',
    cause: parsed.error,
  });
}

/** Makes the file's name as durable as its content. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    // Windows has no such thing.
    if (process.platform !== 'win32') throw error;
  } finally {
    await folder.close();
  }
}

function cannotWrite(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError('setup', `cannot write ${path}: ${tellFileProblem(cause)}`, {
    hint: 'nothing is made in an account that could not be found again: choose another --out',
    cause,
  });
}
