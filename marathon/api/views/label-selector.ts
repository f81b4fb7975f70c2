/** What labels an app must have. */
export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean;

/** A label selector that cannot be read. */
export class LabelSelectorError extends Error {
  override name = 'LabelSelectorError';
}

const TERM = /(?:\\.|[-A-Za-z0-9_.])+/sy;
const SPACE = /\s*/y;

/**
 * Reads a label selector: comma separated, all must hold.
 *
 *     key    key==value    key!=value    key in (a, b)    key notin (a, b)
 *
 * Terms are letters, digits and `.-_`; other characters follow a backslash. `!=` and `notin` too want the key to be there.
 *
 * @throws LabelSelectorError
 */
export function parseLabelSelector(text: string): LabelSelector {
  const selectors = new Parser(text).selectors();
  return (labels) => selectors.every((selector) => selector(labels));
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  selectors(): LabelSelector[] {
    const found: LabelSelector[] = [];
    this.#match(SPACE);
    if (this.#at === this.#text.length) return found;
    do found.push(this.#selector());
    while (this.#take(','));
    if (this.#at < this.#text.length) this.#fail("',' or the end");
    return found;
  }

  #selector(): LabelSelector {
    const key = this.#term();
    const has = (labels: Readonly<Record<string, string>>): boolean => Object.hasOwn(labels, key);
    if (this.#take('==')) {
      const value = this.#term();
      return (labels) => has(labels) && labels[key] === value;
    }
    if (this.#take('!=')) {
      const value = this.#term();
      return (labels) => has(labels) && labels[key] !== value;
    }
    const start = this.#at;
    const word = this.#match(TERM);
    if (word === undefined) return has;
    this.#match(SPACE);
    if (word !== 'in' && word !== 'notin') {
      this.#at = start;
      this.#fail("'==', '!=', 'in', 'notin', ',' or the end");
    }
    const values = this.#set();
    return (labels) => has(labels) && values.has(labels[key] ?? '') === (word === 'in');
  }

  #set(): ReadonlySet<string> {
    if (!this.#take('(')) this.#fail("'('");
    const values = new Set<string>();
    if (this.#take(')')) return values;
    do values.add(this.#term());
    while (this.#take(','));
    if (!this.#take(')')) this.#fail("',' or ')'");
    return values;
  }

  #term(): string {
    const term = this.#match(TERM);
    if (term === undefined) this.#fail('a name of letters, digits and .-_');
    this.#match(SPACE);
    return term.replace(/\\(.)/gs, '$1');
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    this.#match(SPACE);
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(expected: string): never {
    throw new LabelSelectorError(
      `Can not parse label selector ${this.#text.slice(0, 200)}. Reason: ${expected} was expected at character ${this.#at + 1}`,
    );
  }
}
