import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test.each(['SIGUSR1', 'SIGTERM'] as const)(
  'a %s that comes while a daemon starts ends it once it has started',
  async (signal) => {
    const program = fileURLToPath(new URL('testing/slow-daemon.ts', import.meta.url));
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await once(child.stdout, 'data');
    child.kill(signal);
    child.stdin.end();
    const [code] = await once(child, 'close');
    expect(output).toBe(`starting\nstopped by ${signal}\n`);
    expect(code).toBe(0);
  },
);
