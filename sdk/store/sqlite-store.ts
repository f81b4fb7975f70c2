import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SqliteAnswer, SqliteRequest, SqliteRow } from './sqlite-worker.ts';
import {
  type Store,
  StoreConflictError,
  type StoreEntry,
  StoreError,
  StoreFencedError,
  type VersionedChange,
} from './store.ts';
import { decodeValue, encodeValue } from './value.ts';

/** Largest text of one value. Bigger definitions are refused at the surfaces long before. */
const VALUE_BYTES_MAX = 8 * 2 ** 20;

interface Waiter {
  readonly resolve: (rows: SqliteRow[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A store in one SQLite file (WAL, synchronous=FULL): durable over power loss. A worker thread owns the database, because
 * a commit waits some milliseconds for the disk; commits asked for meanwhile share the next transaction.
 */
export class SqliteStore implements Store {
  readonly epoch: number;
  readonly #worker: Worker;
  readonly #waiters = new Map<number, Waiter>();
  #nextId = 1;
  #failure: Error | undefined;

  private constructor(worker: Worker, epoch: number) {
    this.#worker = worker;
    this.epoch = epoch;
    worker.on('message', (answer: SqliteAnswer) => this.#settle(answer));
    worker.on('error', (error) => this.#failAll(error));
    worker.on('exit', () => this.#failAll(new StoreError('the store is closed')));
  }

  /**
   * Opens or creates the file, and fences every earlier opener.
   *
   * @throws StoreError when the file cannot be used, naming it.
   */
  static async open(path: string): Promise<SqliteStore> {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new StoreError(
        `cannot create the folder of ${path}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: { path } });
    const opened = await new Promise<SqliteAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (opened.kind === 'failed') throw new StoreError(`cannot open ${path}: ${opened.message}`);
    return new SqliteStore(worker, opened.epoch ?? 0);
  }

  async get(key: string): Promise<StoreEntry | undefined> {
    const rows = await this.#ask({ kind: 'get', key });
    return rows.map(toEntry)[0];
  }

  async list(prefix: string): Promise<StoreEntry[]> {
    const rows = await this.#ask({ kind: 'list', prefix });
    return rows.map(toEntry);
  }

  async commit(changes: readonly VersionedChange[]): Promise<void> {
    const rows = changes.map(({ key, value, expectedVersion }) => {
      const text = value === undefined ? undefined : encodeValue(value);
      if (text !== undefined && text.length > VALUE_BYTES_MAX) {
        throw new StoreError(`the value of ${key} has ${text.length} bytes, allowed are ${VALUE_BYTES_MAX}`);
      }
      return { key, text, expectedVersion };
    });
    await this.#ask({ kind: 'commit', changes: rows });
  }

  async close(): Promise<void> {
    if (this.#failure !== undefined) return;
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.postMessage({ kind: 'close', id: this.#nextId++ } satisfies SqliteRequest);
    await ended;
  }

  #ask(request: DistributiveOmit<SqliteRequest, 'id'>): Promise<SqliteRow[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiters.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id });
    });
  }

  #settle(answer: SqliteAnswer): void {
    const waiter = this.#waiters.get(answer.id);
    this.#waiters.delete(answer.id);
    if (answer.kind === 'done') waiter?.resolve(answer.rows);
    else waiter?.reject(storeError(answer));
  }

  #failAll(error: Error): void {
    this.#failure = error instanceof StoreError ? error : new StoreError(error.message);
    for (const { reject } of this.#waiters.values()) reject(this.#failure);
    this.#waiters.clear();
  }
}

type DistributiveOmit<Union, Key extends string> = Union extends unknown ? Omit<Union, Key> : never;

function toEntry(row: SqliteRow): StoreEntry {
  return { key: row.key, value: decodeValue(row.text), version: row.version };
}

function storeError(answer: Extract<SqliteAnswer, { kind: 'failed' }>): StoreError {
  if (answer.cause === 'fenced') return new StoreFencedError(answer.message);
  if (answer.cause === 'conflict') return new StoreConflictError(answer.message);
  return new StoreError(answer.message);
}
