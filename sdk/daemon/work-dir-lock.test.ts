import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockWorkDir, type WorkDirClaim } from './work-dir-lock.ts';

let workDir: string;
let claim: WorkDirClaim;

beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'meseta-lock-'));
  claim = { workDir, lockPath: join(workDir, 'meta', 'pid'), daemon: 'agent', flag: '--work_dir' };
});
afterEach(() => rmSync(workDir, { recursive: true }));

/** Writes the lock of another process: its pid and the time it started, as /proc tells it. */
function lockAs(pid: number, startTime: string): void {
  lockWorkDir(claim);
  writeFileSync(claim.lockPath, `${pid} ${startTime}\n`);
}

test('a live owner is named, and keeps the directory', () => {
  const other = spawn('sleep', ['60']);
  try {
    const stat = readFileSync(`/proc/${other.pid}/stat`, 'utf8');
    lockAs(other.pid ?? 0, stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '');
    expect(() => lockWorkDir(claim)).toThrow(`${workDir} is used by the running agent with pid ${other.pid}`);
    expect(readFileSync(claim.lockPath, 'utf8')).toMatch(new RegExp(`^${other.pid} `));
  } finally {
    other.kill('SIGKILL');
  }
});

test('a lock of a dead process, or of one whose pid another has now, is taken over and given back', () => {
  for (const pid of [2 ** 22 + 1, process.ppid]) {
    lockAs(pid, '0');
    const unlock = lockWorkDir(claim);
    expect(readFileSync(claim.lockPath, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    unlock();
    expect(existsSync(claim.lockPath)).toBe(false);
  }
});
