/** A binary min-heap: `push`, `peek` and `pop` of what comes first by `keyOf`. */
export class MinHeap<Item> {
  #items: Item[] = [];
  readonly #keyOf: (item: Item) => number;

  constructor(keyOf: (item: Item) => number) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.#before(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): Item | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    items[0] = last;
    this.#sink(0);
    return first;
  }

  /** Forgets what `keep` does not accept. */
  retain(keep: (item: Item) => boolean): void {
    this.#items = this.#items.filter(keep);
    for (let at = this.#items.length >>> 1; at >= 0; at--) this.#sink(at);
  }

  #sink(start: number): void {
    for (let at = start; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#items.length && this.#before(child, least)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(left: number, right: number): boolean {
    return this.#keyOf(this.#items[left] as Item) < this.#keyOf(this.#items[right] as Item);
  }

  #swap(left: number, right: number): void {
    const items = this.#items;
    const item = items[left] as Item;
    items[left] = items[right] as Item;
    items[right] = item;
  }
}
