import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fetch } from '../fetcher/fetcher.ts';

/** How fetching went, for the metrics. */
export class FetchCount {
  readonly cacheDirectory: string;
  readonly cacheBytesMax: number;
  succeeded = 0;
  failed = 0;

  constructor(cacheDirectory: string, cacheBytesMax: number) {
    this.cacheDirectory = cacheDirectory;
    this.cacheBytesMax = cacheBytesMax;
  }

  /** The same fetcher, counted. */
  counted(fetch: Fetch): Fetch {
    return async (spec, run) => {
      try {
        await fetch(spec, run);
        this.succeeded++;
      } catch (error) {
        this.failed++;
        throw error;
      }
    };
  }

  /** Bytes of the files in the cache now. */
  async cacheBytes(): Promise<number> {
    const files = await readdir(this.cacheDirectory, { recursive: true, withFileTypes: true }).catch(() => []);
    const sizes = files
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }
}
