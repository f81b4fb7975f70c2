import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pointTo } from '../containerizer/sandbox.ts';
import { SandboxGc } from './sandbox-gc.ts';

const HOUR_MS = 3_600_000;
let workDir: string;
let wallMs: number;
let gc: SandboxGc;

beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'meseta-gc-'));
  wallMs = 1_800_000_000_000;
  gc = new SandboxGc({
    workDir,
    delayMs: 10 * HOUR_MS,
    headroom: 0,
    intervalMs: 3_600_000,
    wallMs: () => wallMs,
    diskUsage: async () => 0.5,
    onProblem: (problem) => expect.unreachable(problem),
  });
});
afterEach(() => {
  gc.close();
  rmSync(workDir, { recursive: true });
});

function sandbox(executor: string, run: string, ageMs: number): string {
  const directory = join(workDir, 'slaves/S0/frameworks/F/executors', executor, 'runs', run);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'stdout'), 'out');
  utimesSync(directory, (wallMs - ageMs) / 1_000, (wallMs - ageMs) / 1_000);
  return directory;
}

describe('sandboxes', () => {
  test('of earlier agents go when they are old, sooner on a full disk; live ones stay', async () => {
    const old = sandbox('old', 'r1', 6 * HOUR_MS);
    const young = sandbox('young', 'r1', 4 * HOUR_MS);
    const live = sandbox('live', 'r1', 100 * HOUR_MS);
    await gc.open((directory) => directory === live);
    expect(gc.pending).toBe(2);
    await gc.collect();
    expect([old, young, live].map(existsSync)).toEqual([false, true, true]);
    expect(gc.allowedAgeMs).toBe(5 * HOUR_MS);
    wallMs += 2 * HOUR_MS;
    await gc.collect();
    expect([young, live].map(existsSync)).toEqual([false, true]);
    expect(gc.succeeded).toBe(2);
  });

  test('are kept from when they are retired, and their empty folders go with them', async () => {
    const first = sandbox('x', 'r1', 0);
    const second = sandbox('x', 'r2', 0);
    await pointTo(first, 'latest');
    await pointTo(second, 'latest');
    expect(readlinkSync(join(workDir, 'slaves/S0/frameworks/F/executors/x/runs/latest'))).toBe('r2');
    await gc.open(() => true);
    gc.retire(first);
    wallMs += 3 * HOUR_MS;
    gc.retire(second);
    wallMs += 3 * HOUR_MS;
    await gc.collect();
    expect([first, second].map(existsSync)).toEqual([false, true]);
    wallMs += 3 * HOUR_MS;
    await gc.collect();
    expect(existsSync(join(workDir, 'slaves/S0/frameworks/F'))).toBe(false);
  });
});
