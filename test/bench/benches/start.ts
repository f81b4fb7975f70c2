import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/daemon-process.ts';
import type { Bench } from '../bench.ts';
import { BenchFramework } from '../bench-framework.ts';
import { nodeStartMs } from '../floors.ts';

const LAUNCHER = fileURLToPath(new URL('../../../deploy/launcher/main.ts', import.meta.url));

/** `meseta up` until a framework has an offer. */
export const start: Bench = {
  name: 'start',
  about:
    '`meseta up --no-examples` on an empty work directory (master, agent, Marathon, Chronos), until a framework that subscribes as ' +
    'soon as the master answers has its first offer. The floor is one start of Node that does nothing; four daemons and the launcher need five.',
  figures: [
    {
      key: 'offerMs',
      label: 'launcher start → first offer',
      unit: 'ms',
      floor: 'nodeMs',
      aim: { of: 'figure', atMost: 3_000 },
      peers: 'real Mesos 884 ms (master and agent only)',
    },
    { key: 'nodeMs', label: 'floor: one start and end of Node', unit: 'ms' },
  ],
  round: async () => {
    const nodeMs = await nodeStartMs();
    const folder = mkdtempSync(join(tmpdir(), 'meseta-start-'));
    const [master, agent, marathon, chronos] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const startMs = performance.now();
    const args = ['up', '--no-examples', `--work-dir=${folder}`, `--master-port=${master}`, `--agent-port=${agent}`];
    const child = spawn(
      process.execPath,
      [LAUNCHER, ...args, `--marathon-port=${marathon}`, `--chronos-port=${chronos}`],
      { stdio: 'ignore' },
    );
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    try {
      await answers(`http://127.0.0.1:${master}/health`);
      const scheduler = new BenchFramework(`127.0.0.1:${master}`);
      await scheduler.offer();
      const offerMs = performance.now() - startMs;
      await scheduler.stop();
      return { offerMs, nodeMs };
    } finally {
      child.kill('SIGINT');
      await ended;
    }
  },
};

async function answers(url: string): Promise<void> {
  const endMs = performance.now() + 30_000;
  for (;;) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (performance.now() > endMs) throw new Error(`${url} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
