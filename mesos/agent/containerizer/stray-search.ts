import type { ContainerRoot } from './process-table.ts';
import type { ProcessTrees } from './process-tree.ts';

/** Ended containers are searched together. */
const DELAY_MS = 100;
/** And for so many times as long as the last search took, nothing is searched: a burst of short tasks must not cost more than they do. */
const REST_SHARE = 20;

/** How long the search of a closing agent may take. */
const LAST_MS = 2_000;

/** Ends what tasks leave behind when they end. */
export class StraySearch {
  readonly #trees: ProcessTrees;
  /** Not searched yet, by container id. */
  readonly #roots = new Map<string, ContainerRoot>();
  /** What waits for the search of a container. */
  readonly #waiting = new Map<string, () => void>();
  #timer: NodeJS.Timeout | undefined;
  #searching: Promise<void> = Promise.resolve();
  #delayMs = DELAY_MS;
  #closed = false;

  constructor(trees: ProcessTrees) {
    this.#trees = trees;
  }

  /** An ended container, to be searched soon. */
  add(root: ContainerRoot): void {
    this.#roots.set(root.containerId, root);
    this.#schedule();
  }

  /** Calls back once nothing of the container is left to be searched; at once, if that is so. */
  afterSearch(containerId: string, then: () => void): void {
    if (this.#roots.has(containerId)) this.#waiting.set(containerId, then);
    else then();
  }

  /** A last search for what ended just now: nobody looks for it later. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_MS);
    });
    await Promise.race([this.#searching.then(() => this.#search()), over]);
    clearTimeout(timer);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#searching = this.#search().then(() => {
        this.#timer = undefined;
        if (this.#roots.size > 0) this.#schedule();
      });
    }, this.#delayMs);
  }

  async #search(): Promise<void> {
    const roots = [...this.#roots.values()];
    if (roots.length === 0) return;
    const startMs = performance.now();
    await this.#trees.destroy(roots);
    this.#delayMs = Math.max(DELAY_MS, REST_SHARE * (performance.now() - startMs));
    for (const { containerId } of roots) {
      this.#roots.delete(containerId);
      const then = this.#waiting.get(containerId);
      this.#waiting.delete(containerId);
      then?.();
    }
  }
}
