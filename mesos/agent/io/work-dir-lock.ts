import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuseStart } from '../flags.ts';

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

/**
 * Takes a work directory for this process. A dead owner's lock is taken over.
 *
 * @returns how to give it back.
 * @throws FlagError naming the live owner.
 */
export function lockWorkDir(workDir: string): () => void {
  const path = join(workDir, 'meta', 'pid');
  const { pid, startTime } = readLock(path);
  if (pid > 0 && pid !== process.pid && isAlive(pid) && startTime === (startTimeOf(pid) ?? ''))
    refuseStart(`${workDir} is used by the running agent with pid ${pid}: end that, or choose another --work_dir`);
  writeFileSync(path, `${process.pid} ${startTimeOf(process.pid) ?? ''}\n`);
  return () => rmSync(path, { force: true });
}

function readLock(path: string): { readonly pid: number; readonly startTime: string } {
  try {
    const [pid = '0', startTime = ''] = readFileSync(path, 'utf8').trim().split(' ');
    return { pid: Number(pid), startTime };
  } catch {
    return { pid: 0, startTime: '' };
  }
}
