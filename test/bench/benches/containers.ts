import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerExit } from '../../../mesos/agent/containerizer/containerizer.ts';
import { openPosixContainerizer } from '../../../mesos/agent/containerizer/posix-containerizer.ts';
import type { Bench } from '../bench.ts';
import { nodeSpawnRate, WIDTH, withBareSupervisor } from '../floors.ts';
import { Stamps } from '../stamps.ts';
import { percentileOf } from '../stats.ts';

const LAUNCHES = 500;
const SINGLE = 60;

/** The agent's containerizer by itself. */
export const containers: Bench = {
  name: 'containers',
  about:
    "The agent's containerizer alone, in the bench's process: sandbox, spec, start by the shell supervisor, exit status, removal. " +
    `${LAUNCHES} tasks of \`true\`, ${WIDTH} at once, and ${SINGLE} one after another until the task's first instruction.`,
  figures: [
    { key: 'rate', label: 'launches', unit: '/s', floor: 'bareRate' },
    { key: 'bareRate', label: 'floor: the bare supervisor', unit: '/s', floor: 'nodeRate' },
    { key: 'nodeRate', label: `floor: Node's own spawn, ${WIDTH} at once`, unit: '/s' },
    { key: 'firstP50', label: 'launch → first instruction, p50', unit: 'ms', floor: 'bareFirstP50' },
    { key: 'firstP99', label: 'launch → first instruction, p99', unit: 'ms' },
    { key: 'bareFirstP50', label: 'floor: the bare supervisor → first instruction, p50', unit: 'ms' },
  ],
  round: async () => {
    const nodeRate = await nodeSpawnRate(LAUNCHES);
    const { bareRate, bareFirstP50 } = await withBareSupervisor(async (bare) => {
      const rate = await bare.rate('true', LAUNCHES);
      const folder = mkdtempSync(join(tmpdir(), 'meseta-stamps-'));
      const stamps = new Stamps(folder);
      const first: number[] = [];
      for (let index = 0; index < SINGLE; index++) {
        const startMs = performance.now();
        const { ended } = bare.run(stamps.command(`b${index}`, 'true'));
        first.push((await stamps.of(`b${index}`)) - startMs);
        await ended;
      }
      stamps.close();
      return { bareRate: rate, bareFirstP50: percentileOf(first, 50) };
    });
    return { nodeRate, bareRate, bareFirstP50, ...(await measure()) };
  },
};

async function measure(): Promise<{ rate: number; firstP50: number; firstP99: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'meseta-bench-'));
  const waiting = new Map<string, (exit: ContainerExit) => void>();
  const containerizer = await openPosixContainerizer({
    runtimeDirectory: join(folder, 'runtime'),
    fetch: async () => {},
    onExit: (exit) => waiting.get(exit.containerId)?.(exit),
  });
  await containerizer.recover();
  const stamps = new Stamps(folder);
  const runOne = async (containerId: string, value: string): Promise<void> => {
    const ended = new Promise<ContainerExit>((resolve) => waiting.set(containerId, resolve));
    const command = { shell: true, value, arguments: [] };
    const environment = { PATH: '/usr/bin:/bin' };
    const sandbox = join(folder, 'sandboxes', containerId);
    await containerizer.launch({ containerId, kind: 'task', command, environment, sandbox, uris: [] });
    const { waitStatus } = await ended;
    if (waitStatus !== 0) throw new Error(`${containerId} ended with wait status ${waitStatus}`);
    await containerizer.remove(containerId);
  };
  try {
    let next = 0;
    const startMs = performance.now();
    const worker = async (): Promise<void> => {
      while (next < LAUNCHES) await runOne(`c${next++}`, 'true');
    };
    await Promise.all(Array.from({ length: WIDTH }, worker));
    const rate = (LAUNCHES / (performance.now() - startMs)) * 1_000;
    const first: number[] = [];
    for (let index = 0; index < SINGLE; index++) {
      const askedMs = performance.now();
      const done = runOne(`s${index}`, stamps.command(`s${index}`, 'true'));
      first.push((await stamps.of(`s${index}`)) - askedMs);
      await done;
    }
    return { rate, firstP50: percentileOf(first, 50), firstP99: percentileOf(first, 99) };
  } finally {
    stamps.close();
    await containerizer.close();
  }
}
