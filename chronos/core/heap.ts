/** An entry of a {@link DueHeap}: something to look at when a clock reaches `atMs`. */
export interface DueEntry {
  readonly atMs: number;
  readonly key: string;
}

/**
 * What is due when, as a binary heap: the next due entry is known at once however many there are. Entries are never taken out early; an
 * entry that has lost its meaning is recognised by its owner when it comes up.
 */
export class DueHeap {
  readonly #entries: DueEntry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** The entry that is due first. */
  peek(): DueEntry | undefined {
    return this.#entries[0];
  }

  push(atMs: number, key: string): void {
    const entries = this.#entries;
    const entry = { atMs, key };
    let index = entries.length;
    entries.push(entry);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = entries[parentIndex] as DueEntry;
      if (!isBefore(entry, parent)) break;
      entries[index] = parent;
      index = parentIndex;
    }
    entries[index] = entry;
  }

  pop(): DueEntry | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (first === undefined || last === undefined || entries.length === 0) return first;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= entries.length) break;
      const right = entries[childIndex + 1];
      if (right !== undefined && isBefore(right, entries[childIndex] as DueEntry)) childIndex++;
      const child = entries[childIndex] as DueEntry;
      if (!isBefore(child, last)) break;
      entries[index] = child;
      index = childIndex;
    }
    entries[index] = last;
    return first;
  }
}

/** Earlier first; equal times by key, so that equal histories give equal decisions. */
function isBefore(left: DueEntry, right: DueEntry): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.key < right.key);
}
