import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** What {@link SqliteStore} asks of its worker thread. */
export type SqliteRequest =
  | { readonly kind: 'get'; readonly id: number; readonly key: string }
  | { readonly kind: 'list'; readonly id: number; readonly prefix: string }
  | { readonly kind: 'commit'; readonly id: number; readonly changes: readonly SqliteChange[] }
  | { readonly kind: 'close'; readonly id: number };

/** One change in text form; `text` undefined deletes. */
export interface SqliteChange {
  readonly key: string;
  readonly text: string | undefined;
  readonly expectedVersion: number | undefined;
}

/** A stored row. */
export interface SqliteRow {
  readonly key: string;
  readonly text: string;
  readonly version: number;
}

/** The worker's answers; the first one, with id 0, tells that the file is open. */
export type SqliteAnswer =
  | { readonly kind: 'done'; readonly id: number; readonly rows: SqliteRow[]; readonly epoch?: number }
  | {
      readonly kind: 'failed';
      readonly id: number;
      readonly message: string;
      readonly cause?: 'fenced' | 'conflict';
      readonly epoch?: never;
    };

class Refused extends Error {
  readonly reason: 'fenced' | 'conflict';
  constructor(reason: 'fenced' | 'conflict', message: string) {
    super(message);
    this.reason = reason;
  }
}

const { path } = workerData as { path: string };
const port = parentPort;
if (port === null) throw new Error('sqlite-worker.ts runs as a worker thread only');

try {
  serve(open());
} catch (error) {
  port.postMessage({ kind: 'failed', id: 0, message: messageOf(error) } satisfies SqliteAnswer);
}

function open(): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
  database.exec(`
    CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, text TEXT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('epoch', 0) ON CONFLICT DO NOTHING;
    UPDATE meta SET value = value + 1 WHERE name = 'epoch';
  `);
  return database;
}

function serve(database: DatabaseSync): void {
  const readEpoch = database.prepare("SELECT value FROM meta WHERE name = 'epoch'");
  const get = database.prepare('SELECT key, text, version FROM records WHERE key = ?');
  const list = database.prepare(
    'SELECT key, text, version FROM records WHERE key >= ? AND substr(key, 1, ?) = ? ORDER BY key',
  );
  const put = database.prepare(
    'INSERT INTO records VALUES (?, ?, 1) ON CONFLICT (key) DO UPDATE SET text = excluded.text, version = version + 1',
  );
  const remove = database.prepare('DELETE FROM records WHERE key = ?');
  const epoch = currentEpoch();
  const waiting: Extract<SqliteRequest, { kind: 'commit' }>[] = [];

  function currentEpoch(): number {
    return (readEpoch.get() as { value: number }).value;
  }

  function apply(changes: readonly SqliteChange[]): void {
    for (const { key, expectedVersion } of changes) {
      if (expectedVersion === undefined) continue;
      const version = (get.get(key) as SqliteRow | undefined)?.version ?? 0;
      if (version !== expectedVersion)
        throw new Refused('conflict', `${key} has version ${version}, not ${expectedVersion}`);
    }
    for (const { key, text } of changes) {
      if (text === undefined) remove.run(key);
      else put.run(key, text);
    }
  }

  /** All waiting commits in one transaction, each under a savepoint of its own, so that one conflict undoes only itself. */
  function commitAll(): void {
    const batch = waiting.splice(0);
    if (batch.length === 0) return;
    const answers: SqliteAnswer[] = [];
    try {
      database.exec('BEGIN IMMEDIATE');
      if (currentEpoch() !== epoch) throw new Refused('fenced', `epoch ${epoch} was followed by ${currentEpoch()}`);
      for (const { id, changes } of batch) {
        database.exec('SAVEPOINT one');
        try {
          apply(changes);
          answers.push({ kind: 'done', id, rows: [] });
        } catch (error) {
          database.exec('ROLLBACK TO one');
          answers.push(failed(id, error));
        }
        database.exec('RELEASE one');
      }
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      answers.splice(0, answers.length, ...batch.map(({ id }) => failed(id, error)));
    }
    for (const answer of answers) port?.postMessage(answer);
  }

  function read(id: number, run: () => unknown[]): void {
    try {
      port?.postMessage({ kind: 'done', id, rows: run() as SqliteRow[] } satisfies SqliteAnswer);
    } catch (error) {
      port?.postMessage(failed(id, error));
    }
  }

  port?.on('message', (request: SqliteRequest) => {
    if (request.kind === 'commit') {
      // Gather what has arrived by now, then pay for one fsync.
      if (waiting.push(request) === 1) setImmediate(commitAll);
      return;
    }
    commitAll();
    if (request.kind === 'get') read(request.id, () => [get.get(request.key)].filter((row) => row !== undefined));
    else if (request.kind === 'list') {
      read(request.id, () => list.all(request.prefix, [...request.prefix].length, request.prefix));
    } else {
      database.close();
      port?.close();
    }
  });
  port?.postMessage({ kind: 'done', id: 0, rows: [], epoch } satisfies SqliteAnswer);
}

function failed(id: number, error: unknown): SqliteAnswer {
  const message = messageOf(error);
  return error instanceof Refused
    ? { kind: 'failed', id, message, cause: error.reason }
    : { kind: 'failed', id, message };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
