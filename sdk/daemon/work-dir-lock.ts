import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FlagError } from './flags.ts';

/** Tells two processes with one pid apart: the start time in clock ticks since boot. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

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
  if (pid > 0 && pid !== process.pid && isAlive(pid) && startTime === (startTimeOf(pid) ?? ''))
    throw new FlagError([
      `${workDir} is used by the running ${daemon} with pid ${pid}: end that, or choose another ${flag}`,
    ]);
  mkdirSync(dirname(lockPath), { recursive: true });
  writeFileSync(lockPath, `${process.pid} ${startTimeOf(process.pid) ?? ''}\n`);
  return () => rmSync(lockPath, { force: true });
}

function readLock(path: string): { readonly pid: number; readonly startTime: string } {
  try {
    const [pid = '0', startTime = ''] = readFileSync(path, 'utf8').trim().split(' ');
    return { pid: Number(pid), startTime };
  } catch {
    return { pid: 0, startTime: '' };
  }
}
