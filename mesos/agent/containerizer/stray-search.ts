import type { ContainerRoot } from './process-table.ts';
import type { ProcessTrees } from './process-tree.ts';

/** Ended containers are searched together. */
const DELAY_MS = 100;
/** And for so many times as long as the last search took, nothing is searched: a burst of short tasks must not cost more than they do. */
const REST_SHARE = 20;

/** Ends what tasks leave behind when they end. */
export class StraySearch {
  readonly #trees: ProcessTrees;
  #roots: ContainerRoot[] = [];
  #timer: NodeJS.Timeout | undefined;
  #delayMs = DELAY_MS;
  #closed = false;

  constructor(trees: ProcessTrees) {
    this.#trees = trees;
  }

  /** An ended container, to be searched soon. */
  add(root: ContainerRoot): void {
    this.#roots.push(root);
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(() => void this.#search(), this.#delayMs);
  }

  async #search(): Promise<void> {
    const roots = this.#roots;
    this.#roots = [];
    const startMs = performance.now();
    await this.#trees.destroy(roots);
    this.#delayMs = Math.max(DELAY_MS, REST_SHARE * (performance.now() - startMs));
    this.#timer = undefined;
    if (this.#roots.length > 0) this.#schedule();
  }
}
