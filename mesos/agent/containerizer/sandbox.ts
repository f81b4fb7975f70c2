import { chmod, chown, mkdir, open, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { ContainerError } from './containerizer.ts';
import type { Users } from './machine.ts';
import type { UserIds } from './spec-script.ts';

const OWN_NAME = userInfo().username;

/**
 * Creates a sandbox and gives it to its user.
 *
 * @returns the user's numbers if the task has to run as somebody else than the agent, else undefined
 * @throws ContainerError with upstream's text
 */
export async function prepareSandbox(
  path: string,
  user: string | undefined,
  users: Users,
): Promise<UserIds | undefined> {
  const fail = (why: string): ContainerError =>
    new ContainerError('REASON_EXECUTOR_TERMINATED', `Failed to create executor directory '${path}': ${why}`);
  await mkdir(dirname(path), { recursive: true }).catch((error: Error) => {
    throw fail(`Failed to create directory: ${describeErrno(error)}`);
  });
  const created = await mkdir(path, { mode: 0o750 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw fail(`Failed to create directory: ${describeErrno(error)}`);
    },
  );
  try {
    const ids = await resolveUser(user, users);
    if (ids === undefined) return undefined;
    await chmod(path, 0o750);
    await chown(path, ids.uid, ids.gid);
    for (const name of ['stdout', 'stderr']) await giveFile(`${path}/${name}`, ids);
    return ids;
  } catch (error) {
    if (created) await rm(path, { recursive: true, force: true });
    throw fail(`Failed to chown directory to '${user}': ${describeErrno(error)}`);
  }
}

/** The user's numbers; undefined if that is the agent's own user. Throws for a user that cannot be taken on. */
export async function resolveUser(user: string | undefined, users: Users): Promise<UserIds | undefined> {
  if (user === undefined || user === OWN_NAME) return undefined;
  const ids = await users.lookUp(user);
  if (ids === undefined) throw new Error(`No such user '${user}'`);
  if (ids.uid === process.getuid?.()) return undefined;
  if (process.getuid?.() !== 0) throw new Error('Operation not permitted');
  return ids;
}

async function giveFile(path: string, ids: UserIds): Promise<void> {
  const file = await open(path, 'a', 0o644);
  try {
    await file.chown(ids.uid, ids.gid);
  } finally {
    await file.close();
  }
}

const ERRNO_TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EDQUOT: 'Disk quota exceeded',
  EEXIST: 'File exists',
  EMFILE: 'Too many open files',
  ENAMETOOLONG: 'File name too long',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
};

/** An error as strerror would say it. */
export function describeErrno(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined ? undefined : ERRNO_TEXTS[code]) ?? message;
}
