import type { StoreChange } from '../base/step.ts';

/** A stored value with the version that its last commit gave it. */
export interface StoreEntry {
  readonly key: string;
  readonly value: unknown;
  /** Grows by one with each commit that touches the key; starts at 1. */
  readonly version: number;
}

/** A change that only applies when the key still has `expectedVersion` (0: must not exist). */
export interface VersionedChange extends StoreChange {
  readonly expectedVersion?: number | undefined;
}

/**
 * The durable memory of a daemon: a small versioned map, one writer at a time.
 *
 * Keys are paths (`apps/web`); every record carries the schema version of the format it is written in. A commit is atomic, and
 * durable when its promise resolves. The store is fenced: `open` takes a new epoch, and commits of any older
 * opener fail from then on with {@link StoreFencedError}, so a deposed leader changes nothing.
 */
export interface Store {
  /** The epoch that this opener holds; grows by one with each opening. */
  readonly epoch: number;
  /** One entry, or undefined. */
  get(key: string): Promise<StoreEntry | undefined>;
  /** All entries whose key starts with `prefix`, in key order. */
  list(prefix: string): Promise<StoreEntry[]>;
  /**
   * Applies all changes or none, in order.
   *
   * @throws StoreFencedError when somebody opened the store after us.
   * @throws StoreConflictError when an expected version does not hold.
   * @throws StoreError when a value is too large or the medium fails.
   */
  commit(changes: readonly VersionedChange[]): Promise<void>;
  /** Ends the use of the store; later calls fail. */
  close(): Promise<void>;
}

/** The store or its medium failed; nothing of the commit was applied. */
export class StoreError extends Error {
  override name = 'StoreError';
}

/** A newer opener holds the store: this process is no longer the leader. */
export class StoreFencedError extends StoreError {
  override name = 'StoreFencedError';
}

/** An expected version did not hold. */
export class StoreConflictError extends StoreError {
  override name = 'StoreConflictError';
}
