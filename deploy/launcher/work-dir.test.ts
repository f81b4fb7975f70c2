import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LaunchError, WorkDir } from './work-dir.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meseta-work-dir-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a work dir', () => {
  test('is made with all that is missing above it, and can be taken again', () => {
    const path = join(folder, 'a', 'b');
    for (let start = 0; start < 2; start++) {
      const workDir = new WorkDir(path);
      workDir.claim();
      workDir.release();
    }
  });

  test('that is held by a live launcher is refused with its pid', () => {
    new WorkDir(folder).claim();
    expect(() => new WorkDir(folder).claim()).toThrow(`is in use by the launcher with pid ${process.pid}`);
  });

  test('that cannot be one is refused in one line', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'below'), '/proc/meseta-work-dir']) {
      const claim = () => new WorkDir(path).claim();
      expect(claim).toThrow(LaunchError);
      expect(claim).toThrow(/^cannot keep data in \S+ \(E[A-Z]+\): choose another folder with --work-dir$/);
    }
  });

  test('with files of somebody else is refused: to reset is to remove all of it', () => {
    writeFileSync(join(folder, 'letter.txt'), '');
    expect(() => new WorkDir(folder).claim()).toThrow(`${folder} holds other files, such as letter.txt`);
  });
});
