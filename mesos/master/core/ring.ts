/**
 * A bounded list that forgets its oldest member, for what is kept only to be looked at (completed tasks and frameworks).
 *
 * Iteration goes from the oldest to the newest member.
 */
export class Ring<T> implements Iterable<T> {
  readonly capacity: number;
  readonly #members: T[] = [];
  #oldest = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#members.length;
  }

  /** Adds a member and answers the one that had to go for it. */
  push(member: T): T | undefined {
    if (this.capacity === 0) return member;
    if (this.#members.length < this.capacity) {
      this.#members.push(member);
      return undefined;
    }
    const forgotten = this.#members[this.#oldest];
    this.#members[this.#oldest] = member;
    this.#oldest = (this.#oldest + 1) % this.capacity;
    return forgotten;
  }

  /** Takes out the members that match. */
  remove(isMatch: (member: T) => boolean): void {
    const kept = [...this].filter((member) => !isMatch(member));
    if (kept.length === this.#members.length) return;
    this.#members.splice(0, this.#members.length, ...kept);
    this.#oldest = 0;
  }

  *[Symbol.iterator](): Iterator<T> {
    const { length } = this.#members;
    for (let index = 0; index < length; index++) yield this.#members[(this.#oldest + index) % length] as T;
  }
}
