import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lockWorkDir } from '../../sdk/daemon/work-dir-lock.ts';
import { SqliteStore } from '../../sdk/store/sqlite-store.ts';

/** What lies in a data folder, and how to give the folder back. */
export interface DataDir {
  readonly store: SqliteStore;
  readonly unlock: () => void;
}

/**
 * Opens the store below a data folder, made if absent; only its owner may read it, and one Marathon at a time use it.
 *
 * @throws FlagError naming a live Marathon that uses it.
 * @throws StoreError when the folder or the file cannot be used.
 */
export async function openDataDir(dataDir: string): Promise<DataDir> {
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lockPath = join(folder, 'marathon.pid');
  const unlock = lockWorkDir({ workDir: folder, lockPath, daemon: 'Marathon', flag: '--data_dir' });
  return { store: await SqliteStore.open(join(folder, 'marathon.db')), unlock };
}
