import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CANCELLED_PID_FILE, parseExitFile, parsePidFile } from './supervisor-files.ts';

const SCRIPT = fileURLToPath(new URL('./supervisor.sh', import.meta.url));
const SHELLS = ['/bin/sh', '/bin/bash', '/bin/dash', '/bin/busybox'].filter(existsSync);

describe.each(SHELLS)('the contract under %s', (shell) => {
  let runtime: string;
  let helper: ChildProcess;
  let allEnded: Promise<unknown>;

  beforeEach(() => {
    runtime = mkdtempSync(join(tmpdir(), 'meseta-contract-'));
    execFileSync('mkfifo', [join(runtime, '.events')]);
    const args = shell.endsWith('busybox') ? ['sh', SCRIPT] : [SCRIPT];
    const env = { PATH: '/usr/bin:/bin' };
    helper = spawn(shell, [...args, runtime, 'this-boot'], { stdio: ['pipe', 'ignore', 'ignore', 'pipe'], env });
    // Held open by the helper and by every supervisor, the ones that came too late to start anything too.
    const held = helper.stdio[3] as Readable;
    held.resume();
    allEnded = once(held, 'close');
  });

  afterEach(async () => {
    helper.stdin?.end();
    await allEnded;
    rmSync(runtime, { recursive: true, force: true });
  });

  function ask(id: string, command: string, attempts: readonly string[]): void {
    mkdirSync(join(runtime, id));
    writeFileSync(join(runtime, id, 'spec'), `exec /bin/sh -c '${command}'\n`);
    for (const nonce of attempts) helper.stdin?.write(`launch ${id} ${nonce}\n`);
  }

  async function fileOf(id: string, name: string): Promise<string> {
    const path = join(runtime, id, name);
    while (!existsSync(path) || !readFileSync(path, 'utf8').endsWith('\n'))
      await new Promise((resolve) => setTimeout(resolve, 2));
    return readFileSync(path, 'utf8');
  }

  test.each([
    ['exit 0', 0],
    ['exit 137', 137 << 8],
    ['kill -9 $$', 9],
    ['kill -TERM $$', 15],
  ])('%s: asked for three times, it runs once and ends with its own status', async (command, waitStatus) => {
    ask('c1', `echo ran >>${runtime}/ran; ${command}`, ['n1', 'n2', 'n3']);
    expect(parseExitFile(await fileOf('c1', 'exit'))).toBe(waitStatus);
    ask('c2', 'exit 0', ['n4']);
    await fileOf('c2', 'exit');
    expect(readFileSync(join(runtime, 'ran'), 'utf8')).toBe('ran\n');
    expect(parsePidFile(await fileOf('c1', 'pid'))).toMatchObject({ boot: 'this-boot', pid: expect.any(Number) });
  });

  test('a start that was cancelled never happens', async () => {
    mkdirSync(join(runtime, 'c1'));
    writeFileSync(join(runtime, 'c1', 'pid'), CANCELLED_PID_FILE);
    writeFileSync(join(runtime, 'c1', 'spec'), `echo ran >${runtime}/ran\n`);
    helper.stdin?.write('launch c1 n1\n');
    ask('c2', 'sleep 0.05', ['n2']);
    await fileOf('c2', 'exit');
    expect(existsSync(join(runtime, 'ran'))).toBe(false);
    expect(existsSync(join(runtime, 'c1', 'exit'))).toBe(false);
  });

  test('an end is written down although nobody listens and the helper is gone', async () => {
    ask('c1', `while [ ! -e ${runtime}/go ]; do sleep 0.01; done; exit 6`, ['n1']);
    await fileOf('c1', 'pid');
    const ended = new Promise((resolve) => helper.once('exit', resolve));
    helper.kill('SIGKILL');
    await ended;
    writeFileSync(join(runtime, 'go'), '');
    expect(parseExitFile(await fileOf('c1', 'exit'))).toBe(6 << 8);
  });

  test('directories are deleted when told, and before the helper ends', async () => {
    ask('c1', 'exit 0', ['n1']);
    ask('c2', 'exit 0', ['n2']);
    await Promise.all([fileOf('c1', 'exit'), fileOf('c2', 'exit')]);
    helper.stdin?.end('forget c1 c2\n');
    await new Promise((resolve) => helper.once('exit', resolve));
    expect([existsSync(join(runtime, 'c1')), existsSync(join(runtime, 'c2'))]).toEqual([false, false]);
  });
});
