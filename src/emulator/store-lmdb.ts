import type { Key, RootDatabase } from 'lmdb';
import { AppError, messageOf } from '../base/errors.ts';
import type { JournalEntry } from '../engine/journal.ts';
import { prepareDataDir } from './data-dir.ts';
import { JournalLog } from './journal-log.ts';
import type { Message } from './message.ts';
import type { SessionStorage, StoredMessage, StoredSession } from './session-storage.ts';
import type { JournalHead, Store, ValueStore } from './store.ts';
import { StoreTable } from './store-table.ts';

export interface StoreOptions {
  readonly dir: string;
  /** Each commit waits for the disk, and so outlives a power cut too. */
  readonly fsync: boolean;
  readonly head: JournalHead;
}

/** Of what the tables hold; raised when an older emulator could not read them. */
const formatVersion = 1;

/** Stores of this process. LMDB itself tells of other processes. */
const openPaths = new Set<string>();

/** Opens or makes the store in a directory. Fails with an AppError that says what is wrong with it. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dir, fsync, head } = options;
  const { open } = await import('lmdb');
  const path = prepareDataDir(dir);
  if (openPaths.has(path)) throw inUse(dir);
  let root: RootDatabase;
  try {
    root = open({ path, noSubdir: true, maxDbs: 12, noSync: !fsync, overlappingSync: false });
  } catch (error) {
    throw new AppError('setup', `cannot open the store in ${dir}: ${messageOf(error)}`, {
      hint: 'Start with an empty directory, or put back a copy of this one.',
      cause: error,
    });
  }
  openPaths.add(path);
  try {
    checkOwner(root, dir);
    checkHead(root, dir, head);
    return new LmdbStore(root, dir, () => openPaths.delete(path));
  } catch (error) {
    openPaths.delete(path);
    await root.close();
    throw error;
  }
}

/** All changes of one turn of the event loop in one transaction. */
class LmdbStore implements Store {
  readonly journal: JournalLog;
  readonly sessions: SessionStorage;
  readonly values: ValueStore;
  readonly #root: RootDatabase;
  readonly #dir: string;
  readonly #letGo: () => void;
  readonly #tables: StoreTable<unknown, Key>[] = [];
  #held: (() => void)[] = [];
  #isChanged = false;
  #isClosed = false;

  constructor(root: RootDatabase, dir: string, letGo: () => void) {
    this.#root = root;
    this.#dir = dir;
    this.#letGo = letGo;
    const changed = () => this.#changed();
    const entries = root.openDB<JournalEntry, number>({ name: 'journal' });
    this.journal = new JournalLog(entries, root.openDB({ name: 'marks' }), changed);
    this.sessions = this.#openSessions();
    this.values = this.#openValues();
  }

  readonly hold = (release: () => void): void => {
    if (this.#isChanged) this.#held.push(release);
    else release();
  };

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#isChanged) this.#commit();
    await this.#root.close();
    this.#letGo();
  }

  #openSessions(): SessionStorage {
    const sessions = this.#table<StoredSession, string>('sessions');
    const queues = this.#table<StoredMessage, [string, number]>('queues');
    const retained = this.#table<Message, string>('retained');
    return {
      saveSession: (session) => sessions.put(session.clientId, session),
      dropSession: (clientId) => sessions.put(clientId, undefined),
      saveMessage: (clientId, stored) => queues.put([clientId, stored.number], stored),
      dropMessage: (clientId, number) => queues.put([clientId, number], undefined),
      saveRetained: (message) => retained.put(message.topic, message),
      dropRetained: (topic) => retained.put(topic, undefined),
      sessions: () => sessions.values(),
      messages: (clientId) =>
        queues.values({ start: [clientId, 0], end: [clientId, Number.MAX_VALUE] }),
      retained: () => retained.values(),
    };
  }

  #openValues(): ValueStore {
    const values = this.#table<string, string>('values');
    return { get: (name) => values.get(name), put: (name, text) => values.put(name, text) };
  }

  #table<V, K extends Key>(name: string): StoreTable<V, K> {
    const table = new StoreTable<V, K>(this.#root.openDB<V, K>({ name }), () => this.#changed());
    this.#tables.push(table);
    return table;
  }

  #changed(): void {
    if (this.#isChanged) return;
    this.#isChanged = true;
    setImmediate(() => {
      // What comes after the end is neither kept nor answered.
      if (this.#isChanged && !this.#isClosed) this.#commit();
    });
  }

  /** What cannot be written was never answered: nothing held is released, and the process ends. */
  #commit(): void {
    try {
      this.#root.transactionSync(() => {
        this.journal.write();
        for (const table of this.#tables) table.write();
      });
    } catch (error) {
      throw new AppError(
        'setup',
        `cannot write to data directory ${this.#dir}: ${messageOf(error)}`,
        {
          hint: 'Make room on its disk and start again; all that was answered is kept.',
          cause: error,
        },
      );
    }
    this.#isChanged = false;
    const held = this.#held;
    this.#held = [];
    for (const release of held) release();
  }
}

/** LMDB knows who reads: a dead reader's lock is free, so a killed emulator is in nobody's way. */
function checkOwner(root: RootDatabase, dir: string): void {
  root.get('');
  root.readerCheck();
  const pids = root
    .readerList()
    .split('\n')
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => !Number.isNaN(pid));
  const other = pids.find((pid) => pid !== process.pid);
  if (other !== undefined) throw inUse(dir, other);
}

function inUse(dir: string, pid?: number): AppError {
  const by = pid === undefined ? 'this process' : `process ${pid}`;
  return new AppError('setup', `data directory ${dir} is in use by an emulator in ${by}`, {
    hint: 'Stop that one first, or choose another directory.',
  });
}

/** Writes the head of a new store; tells what differs from that of an old one. */
function checkHead(root: RootDatabase, dir: string, head: JournalHead): void {
  const marks = root.openDB<unknown, string>({ name: 'marks' });
  const format = marks.get('format');
  if (format === undefined) {
    root.transactionSync(() => {
      marks.putSync('format', formatVersion);
      marks.putSync('head', head);
    });
    return;
  }
  if (format !== formatVersion) {
    throw new AppError(
      'setup',
      `data directory ${dir} has format ${format}, not ${formatVersion}`,
      {
        hint: 'Use it with the version of fleetrig that wrote it, or start with an empty directory.',
      },
    );
  }
  const differences = headDifferences(marks.get('head') as JournalHead, head);
  if (differences.length === 0) return;
  throw new AppError('setup', `data directory ${dir} was written with ${differences.join(', ')}`, {
    hint: 'Start with the same settings, or with an empty directory.',
  });
}

function headDifferences(stored: JournalHead, asked: JournalHead): string[] {
  const told = (head: JournalHead) => ({ account: head.account, seed: head.seed, ...head.dialect });
  const before = new Map<string, unknown>(Object.entries(told(stored)));
  return Object.entries(told(asked)).flatMap(([name, value]) =>
    // A setting that came later had its default's effect before it had a name.
    !before.has(name) || before.get(name) === value
      ? []
      : [`${name} ${JSON.stringify(before.get(name))}, not ${JSON.stringify(value)}`],
  );
}
