import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SqliteStore } from '../../sdk/store/sqlite-store.ts';

/**
 * Opens the store below a data folder, made if absent; only its owner may read it.
 *
 * @throws StoreError when the folder or the file cannot be used.
 */
export async function openDataDir(dataDir: string): Promise<SqliteStore> {
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return await SqliteStore.open(join(folder, 'marathon.db'));
}
