import { readdir, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** How the collector decides. */
export interface SandboxGcOptions {
  readonly workDir: string;
  readonly delayMs: number;
  readonly headroom: number;
  readonly intervalMs: number;
  readonly wallMs: () => number;
  /** Used share of the disk, 0 to 1. */
  readonly diskUsage: (path: string) => Promise<number | undefined>;
  readonly onProblem: (message: string) => void;
}

/** More unused sandboxes than this are deleted before their time, the oldest first. */
const SANDBOXES_MAX = 20_000;
/** Deletions in one round, so that the disk stays usable meanwhile. */
const DELETIONS_MAX = 2_000;

/** Keeps unused sandboxes for `--gc_delay`, less when the disk fills; nothing grows for ever. */
export class SandboxGc {
  readonly #options: SandboxGcOptions;
  /** Unused sandboxes by directory, with the time from which on they are; in the order of that time. */
  readonly #retired = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #allowedAgeMs: number;
  succeeded = 0;
  failed = 0;

  constructor(options: SandboxGcOptions) {
    this.#options = options;
    this.#allowedAgeMs = options.delayMs * (1 - options.headroom);
  }

  /** Deletions that wait for their time. */
  get pending(): number {
    return this.#retired.size;
  }

  /** Age at which sandboxes are deleted now. */
  get allowedAgeMs(): number {
    return this.#allowedAgeMs;
  }

  /** Finds what earlier agents left, and begins to look after it. */
  async open(isLive: (directory: string) => boolean): Promise<void> {
    const found: [string, number][] = [];
    for (const run of await this.#findRuns()) {
      if (isLive(run)) continue;
      const info = await stat(run).catch(() => undefined);
      if (info !== undefined) found.push([run, info.mtimeMs]);
    }
    for (const [run, mtimeMs] of found.sort(([, left], [, right]) => left - right)) this.#retired.set(run, mtimeMs);
    this.#timer = setInterval(() => void this.collect(), this.#options.intervalMs);
    this.#timer.unref();
  }

  /** A sandbox is no longer used. */
  retire(directory: string): void {
    if (directory === '') return;
    this.#retired.delete(directory);
    this.#retired.set(directory, this.#options.wallMs());
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #findRuns(): Promise<string[]> {
    const list = (path: string): Promise<string[]> => readdir(path).catch(() => []);
    const runs: string[] = [];
    const slaves = join(this.#options.workDir, 'slaves');
    for (const agent of await list(slaves)) {
      const frameworks = join(slaves, agent, 'frameworks');
      for (const framework of await list(frameworks)) {
        const executors = join(frameworks, framework, 'executors');
        for (const executor of await list(executors)) {
          const folder = join(executors, executor, 'runs');
          for (const run of await list(folder)) if (run !== 'latest') runs.push(join(folder, run));
        }
      }
    }
    return runs;
  }

  /** Deletes what is old enough. */
  async collect(): Promise<void> {
    const usage = await this.#options.diskUsage(this.#options.workDir);
    this.#allowedAgeMs = this.#options.delayMs * Math.max(0, 1 - this.#options.headroom - (usage ?? 0));
    const oldestMs = this.#options.wallMs() - this.#allowedAgeMs;
    let excess = this.#retired.size - SANDBOXES_MAX;
    let deletions = 0;
    for (const [directory, retiredMs] of this.#retired) {
      if (deletions >= DELETIONS_MAX || (retiredMs > oldestMs && excess <= 0)) break;
      this.#retired.delete(directory);
      excess--;
      deletions++;
      await this.#remove(directory);
    }
  }

  async #remove(directory: string): Promise<void> {
    try {
      await rm(directory, { recursive: true, force: true });
      await removeEmptyParents(directory);
      this.succeeded++;
    } catch (error) {
      this.failed++;
      this.#options.onProblem(`cannot delete ${directory}: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** Takes away `runs`, the executor's and the framework's folder once nothing is in them. */
async function removeEmptyParents(directory: string): Promise<void> {
  const runs = dirname(directory);
  const left = await readdir(runs).catch(() => undefined);
  if (left === undefined || left.some((name) => name !== 'latest')) return;
  await unlink(join(runs, 'latest')).catch(() => undefined);
  const executor = dirname(runs);
  for (const folder of [runs, executor, dirname(executor), dirname(dirname(executor))]) {
    const isEmpty = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!isEmpty) return;
  }
}
