import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { ContainerRegistry } from './container-registry.ts';
import type { RecoveredContainer } from './containerizer.ts';
import { findProcess } from './process-table.ts';
import type { ProcessTrees } from './process-tree.ts';
import { CANCELLED_PID_FILE, parseExitFile, parsePidFile, type StartedProcess } from './supervisor-files.ts';

/** A file is made and then filled by a shell, within microseconds; this long is waited for the second half. */
const FILL_MS = 2_000;
/** How long a supervisor whose process is gone may take to say how it ended. */
const EXIT_MS = 5_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads what earlier agents left below the runtime directory, and takes over what runs. */
export async function recoverContainers(
  runtimeDirectory: string,
  bootId: string,
  registry: ContainerRegistry,
  trees: ProcessTrees,
): Promise<readonly RecoveredContainer[]> {
  const names = (await readdir(runtimeDirectory)).filter((name) => !name.startsWith('.'));
  const sides = names.filter((name) => name.includes('+'));
  const main = names.filter((name) => !name.includes('+'));
  await Promise.all(sides.map((id) => endSide(runtimeDirectory, id, bootId, registry, trees)));
  const recovered = await Promise.all(main.map((id) => recoverOne(runtimeDirectory, id, bootId, registry)));
  // Ends from here on are told by events; those that came meanwhile are in the exit files.
  setImmediate(() => registry.release());
  return recovered;
}

async function recoverOne(
  runtimeDirectory: string,
  id: string,
  bootId: string,
  registry: ContainerRegistry,
): Promise<RecoveredContainer> {
  const directory = `${runtimeDirectory}/${id}`;
  const process = await claim(directory);
  if (process === undefined) return { state: 'never-started', containerId: id };
  const container = registry.adopt(id, process);
  const untilMs = performance.now() + EXIT_MS;
  for (;;) {
    const waitStatus = parseExitFile(await read(`${directory}/exit`));
    const ended = (status: number | undefined): RecoveredContainer => {
      registry.settle(container, status);
      return { state: 'exited', containerId: id, pid: process.pid, waitStatus: status };
    };
    if (waitStatus !== undefined) return ended(waitStatus);
    if (process.boot !== bootId) return ended(undefined);
    const entry = await findProcess(process.pid);
    const same = entry !== undefined && entry.start === process.start;
    if (same && !entry.zombie) return { state: 'running', containerId: id, pid: process.pid };
    const supervised = same
      ? entry.ppid === process.supervisor
      : (await findProcess(process.supervisor))?.zombie === false;
    // One more look at the exit file: the supervisor may have written it and ended since the first.
    if (!supervised) return ended(parseExitFile(await read(`${directory}/exit`)) ?? entry?.waitStatus);
    if (performance.now() > untilMs) return ended(same ? entry.waitStatus : undefined);
    await wait(10);
  }
}

/** Who runs; undefined after making sure that nobody ever will. */
async function claim(directory: string): Promise<StartedProcess | undefined> {
  const untilMs = performance.now() + FILL_MS;
  for (;;) {
    const cancelled = await writeFile(`${directory}/pid`, CANCELLED_PID_FILE, { flag: 'wx' }).then(
      () => true,
      () => false,
    );
    if (cancelled) return undefined;
    const process = parsePidFile(await read(`${directory}/pid`));
    if (process === 'cancelled' || performance.now() > untilMs) return undefined;
    if (process !== undefined) return process;
    await wait(5);
  }
}

/** Checks and fetchers of an earlier agent: nobody waits for them any more. */
async function endSide(
  runtimeDirectory: string,
  id: string,
  bootId: string,
  registry: ContainerRegistry,
  trees: ProcessTrees,
): Promise<void> {
  const process = await claim(`${runtimeDirectory}/${id}`);
  if (process?.boot === bootId) await trees.destroy([{ containerId: id, ...process }]);
  registry.remove(id);
}

function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
