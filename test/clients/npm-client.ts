import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Installs a foreign npm client in its own folder below test/clients, with its own lockfile, so that what it drags in stays
 * out of the project's packages.
 */
export function npmClient(name: string): { readonly folder: string; readonly missing: string | undefined } {
  const folder = fileURLToPath(new URL(`${name}/`, import.meta.url));
  const lockfile = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules', '.installed-lockfile');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return { folder, missing: undefined };
  const { status, stderr, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: INSTALL_TIMEOUT_MS,
  });
  if (status !== 0)
    return { folder, missing: `npm ci in ${name} failed: ${error?.message ?? stderr.trim().split('\n').at(-1)}` };
  writeFileSync(stamp, lockfile);
  return { folder, missing: undefined };
}
