import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FlagError } from './flags.ts';
import { identify } from './process-identity.ts';

/** A work directory, and the daemon that wants it for itself. */
export interface WorkDirClaim {
  readonly workDir: string;
  /** File below the work directory that names the owner, one for each kind of daemon: they may share a directory. */
  readonly lockPath: string;
  /** What messages call the owner: `agent`. */
  readonly daemon: string;
  /** The flag that chooses the directory: `--work_dir`. */
  readonly flag: string;
}

/**
 * Takes a work directory for this process, creating the folder of the lock. A dead owner's lock is taken over.
 *
 * @returns how to give it back.
 * @throws FlagError naming the live owner.
 */
export function lockWorkDir({ workDir, lockPath, daemon, flag }: WorkDirClaim): () => void {
  const { pid, startTime } = readLock(lockPath);
  if (pid !== process.pid && identify(pid)?.startedAt === startTime)
    throw new FlagError([
      `${workDir} is used by the running ${daemon} with pid ${pid}: end that, or choose another ${flag}`,
    ]);
  mkdirSync(dirname(lockPath), { recursive: true });
  writeFileSync(lockPath, `${process.pid} ${identify(process.pid)?.startedAt ?? ''}\n`);
  return () => rmSync(lockPath, { force: true });
}

function readLock(path: string): { readonly pid: number; readonly startTime: string } {
  try {
    const [pid = '0', ...startTime] = readFileSync(path, 'utf8').trim().split(' ');
    return { pid: Number(pid), startTime: startTime.join(' ') };
  } catch {
    return { pid: 0, startTime: '' };
  }
}
