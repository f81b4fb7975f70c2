import {
  type Store,
  StoreConflictError,
  type StoreEntry,
  StoreError,
  StoreFencedError,
  type VersionedChange,
} from './store.ts';
import { decodeValue, encodeValue } from './value.ts';

/** What outlives the opener of a {@link MemoryStore}: the twin of a database file. */
export class MemoryMedium {
  epoch = 0;
  readonly entries = new Map<string, { text: string; version: number }>();
}

/**
 * A store in memory, for `--registry=in_memory`, tests and the simulator. Values go through the same text form as
 * on disk, so that nothing is shared between writer and reader.
 */
export class MemoryStore implements Store {
  readonly epoch: number;
  readonly #medium: MemoryMedium;

  /** Opens a medium and fences its earlier openers. */
  constructor(medium: MemoryMedium = new MemoryMedium()) {
    this.#medium = medium;
    this.epoch = medium.epoch + 1;
    medium.epoch = this.epoch;
  }

  async get(key: string): Promise<StoreEntry | undefined> {
    const entry = this.#medium.entries.get(key);
    return entry && { key, value: decodeValue(entry.text), version: entry.version };
  }

  async list(prefix: string): Promise<StoreEntry[]> {
    return this.entriesSync().filter((entry) => entry.key.startsWith(prefix));
  }

  /** All entries in key order, at once: what a simulated restart recovers from. */
  entriesSync(): StoreEntry[] {
    return [...this.#medium.entries]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, { text, version }]) => ({ key, value: decodeValue(text), version }));
  }

  async commit(changes: readonly VersionedChange[]): Promise<void> {
    this.commitSync(changes);
  }

  /** {@link commit} without a promise, for simulations that step time themselves. */
  commitSync(changes: readonly VersionedChange[]): void {
    const { entries, epoch } = this.#medium;
    if (epoch !== this.epoch) throw new StoreFencedError(`epoch ${this.epoch} was followed by ${epoch}`);
    for (const { key, expectedVersion } of changes) {
      const version = entries.get(key)?.version ?? 0;
      if (expectedVersion !== undefined && expectedVersion !== version) {
        throw new StoreConflictError(`${key} has version ${version}, not ${expectedVersion}`);
      }
    }
    for (const { key, value } of changes) {
      if (value === undefined) entries.delete(key);
      else entries.set(key, { text: encodeValue(value), version: (entries.get(key)?.version ?? 0) + 1 });
    }
  }

  async close(): Promise<void> {
    if (this.#medium.epoch < this.epoch) throw new StoreError('the medium went back in time');
  }
}
