const LINES_KEPT = 400;

/** What happened in a simulation: the newest lines to read after a failure, and a hash of all to compare two runs by. */
export class Trace {
  readonly #keep: number;
  readonly #lines: string[] = [];
  readonly #print: ((line: string) => void) | undefined;
  #hash = 0x811c9dc5;
  #count = 0;

  /**
   * @param print called with every line, as it is noted.
   * @param linesKept how many of the newest lines `tail` can give.
   */
  constructor(print?: (line: string) => void, linesKept: number = LINES_KEPT) {
    this.#print = print;
    this.#keep = linesKept;
  }

  /** Notes that something happened at an instant of true time. */
  note(atMs: number, host: string, what: string): void {
    const line = `${atMs.toFixed(3)} ${host}: ${what}`;
    this.#count++;
    let hash = this.#hash;
    for (let at = 0; at < line.length; at++) hash = Math.imul(hash ^ line.charCodeAt(at), 0x01000193);
    this.#hash = hash;
    this.#print?.(line);
    this.#lines.push(line);
    if (this.#lines.length >= 2 * this.#keep) this.#lines.splice(0, this.#keep);
  }

  /** How many lines were noted. */
  get count(): number {
    return this.#count;
  }

  /** A hash of all lines, as 8 hex digits: equal for two runs of one seed. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  /** The newest lines, oldest first. */
  tail(count: number): string[] {
    return this.#lines.slice(-Math.min(count, this.#keep));
  }
}
