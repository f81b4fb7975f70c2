import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileName } from './uri.ts';

interface Entry {
  readonly path: string;
  bytes: number;
  users: number;
  /** Set while somebody downloads it; true once that succeeded. */
  filling: Promise<boolean> | undefined;
}

/** A cached file in somebody's hands. */
export interface CacheLease {
  readonly path: string;
  /** `ok`: the file is there. */
  release(ok: boolean): Promise<void>;
}

/**
 * The fetcher's cache: one file for each user and URI, the least recently used ones go first. Like upstream's it never asks
 * whether a URI's content has changed, and is empty when the agent starts.
 */
export class FetcherCache {
  readonly #directory: string;
  readonly #bytesMax: number;
  readonly #entries = new Map<string, Entry>();
  #cleared: Promise<void> | undefined;
  #count = 0;

  constructor(directory: string, bytesMax: number) {
    this.#directory = directory;
    this.#bytesMax = bytesMax;
  }

  /** Waits for a download under way; then the caller either finds the file at `path` or is the one to put it there. */
  async lease(user: string | undefined, uri: string): Promise<CacheLease> {
    this.#cleared ??= rm(this.#directory, { recursive: true, force: true });
    await this.#cleared;
    const key = `${user ?? ''}\0${uri}`;
    for (;;) {
      const entry = this.#entries.get(key);
      if (entry === undefined) return this.#fill(key, user, uri);
      if (entry.filling !== undefined) {
        await entry.filling;
        continue;
      }
      entry.users++;
      const intact = await stat(entry.path).then(
        () => true,
        () => false,
      );
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      if (!intact) continue;
      this.#entries.set(key, entry);
      return { path: entry.path, release: async () => this.#release(entry) };
    }
  }

  #fill(key: string, user: string | undefined, uri: string): CacheLease {
    const name = fileName(uri.trimStart());
    const digest = createHash('sha256').update(key).digest('hex').slice(0, 16);
    // The name's end tells how to unpack it. Every download has a path of its own: an old one may still be read.
    const path = join(this.#directory, user ?? '.agent', `c${++this.#count}-${digest}-${String(name).slice(-64)}`);
    const filling = Promise.withResolvers<boolean>();
    const entry: Entry = { path, bytes: 0, users: 1, filling: filling.promise };
    this.#entries.set(key, entry);
    return {
      path,
      release: async (ok) => {
        const bytes = ok
          ? await stat(path).then(
              (found) => found.size,
              () => undefined,
            )
          : undefined;
        entry.filling = undefined;
        entry.bytes = bytes ?? 0;
        if (bytes === undefined) {
          this.#entries.delete(key);
          await rm(path, { force: true });
        }
        filling.resolve(bytes !== undefined);
        await this.#release(entry);
      },
    };
  }

  async #release(entry: Entry): Promise<void> {
    entry.users--;
    let total = 0;
    for (const { bytes } of this.#entries.values()) total += bytes;
    for (const [key, victim] of this.#entries) {
      if (total <= this.#bytesMax) return;
      if (victim.users > 0 || victim.filling !== undefined) continue;
      this.#entries.delete(key);
      total -= victim.bytes;
      await rm(victim.path, { force: true });
    }
  }
}
