import { chmod, chown, mkdir, open, rm, symlink, unlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ContainerError, type LaunchSpec } from './containerizer.ts';
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
  { sandbox: path, link, user }: Pick<LaunchSpec, 'sandbox' | 'link' | 'user'>,
  users: Users,
): Promise<UserIds | undefined> {
  const fail = (why: string): ContainerError =>
    new ContainerError('REASON_EXECUTOR_TERMINATED', `Failed to create executor directory '${path}': ${why}`);
  const created = await makeFolder(path).catch((error: Error) => {
    throw fail(`Failed to create directory: ${describeErrno(error)}`);
  });
  if (link !== undefined) {
    await pointTo(path, link).catch((error: Error) => {
      throw fail(`Failed to link it as '${link}': ${describeErrno(error)}`);
    });
  }
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

/** Answers whether the folder was not there yet. */
async function makeFolder(path: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  return mkdir(path, { mode: 0o750 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/** Makes the name beside the folder a link to it, as upstream's `runs/latest`. */
export async function pointTo(path: string, name: string): Promise<void> {
  const link = join(dirname(path), name);
  const target = basename(path);
  try {
    await symlink(target, link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await unlink(link);
    await symlink(target, link);
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
