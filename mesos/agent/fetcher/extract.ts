import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ArchiveKind } from './uri.ts';

/**
 * Unpacks an archive. The programs used refuse members that lead out of the directory (`..`, absolute names, through links).
 *
 * @throws Error with upstream's text
 */
export async function extract(path: string, kind: ArchiveKind, directory: string): Promise<void> {
  const fail = (why: string): Error => new Error(`Failed to extract archive '${path}' to '${directory}': ${why}`);
  switch (kind) {
    case 'tar': {
      const status = await run('tar', ['-x', '-o', '-f', path, '-C', directory]);
      if (status !== 0) throw fail(`tar exited with status ${status}`);
      return;
    }
    case 'zip':
      return extractZip(path, directory, fail);
    case 'gzip':
      await pipeline(
        createReadStream(path),
        createGunzip(),
        createWriteStream(join(directory, basename(path).slice(0, -'.gz'.length))),
      ).catch((error: Error) => {
        throw new Error(`Failed to extract '${path}': 'gunzip -d -c' failed: ${error.message}`);
      });
  }
}

async function extractZip(path: string, directory: string, fail: (why: string) => Error): Promise<void> {
  if (await has('unzip')) {
    const status = await run('unzip', ['-q', '-o', path, '-d', directory]);
    // 1: done, with warnings.
    if (status !== 0 && status !== 1) throw fail(`unzip exited with status ${status}`);
  } else if (await has('bsdtar')) {
    const status = await run('bsdtar', ['-x', '-o', '-f', path, '-C', directory]);
    if (status !== 0) throw fail(`bsdtar exited with status ${status}`);
  } else if (await has('python3')) {
    const status = await run('python3', ['-m', 'zipfile', '-e', path, directory]);
    if (status !== 0) throw fail(`python3 -m zipfile exited with status ${status}`);
  } else throw fail('none of unzip, bsdtar and python3 is installed on this agent');
}

async function has(program: string): Promise<boolean> {
  for (const directory of (process.env['PATH'] ?? '').split(':')) {
    const found = await access(join(directory, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

function run(program: string, args: readonly string[]): Promise<number | string> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
}
