import { Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';

/** Items that are written in one go. */
const SLICE_LENGTH = 500;

/** The JSON text of an array; a long one as a stream of slices, between which others get their turn. */
export function writeArray<Item>(items: readonly Item[], toJson: (item: Item) => unknown): string | Readable {
  if (items.length <= SLICE_LENGTH) return JSON.stringify(items.map(toJson));
  return Readable.from(slices(items, toJson));
}

async function* slices<Item>(items: readonly Item[], toJson: (item: Item) => unknown): AsyncGenerator<string> {
  for (let from = 0; from < items.length; from += SLICE_LENGTH) {
    const texts = items.slice(from, from + SLICE_LENGTH).map((item) => JSON.stringify(toJson(item)));
    yield `${from === 0 ? '[' : ','}${texts.join(',')}`;
    await breathe();
  }
  yield ']';
}
